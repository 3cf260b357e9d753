declare module '*.css'

declare module '*.module.css' {
  const names: Readonly<Record<string, string>>
  export default names
}

/** Made by `scripts/build-admin.mjs` from the operations of `src/api`. */
declare module 'virtual:operations' {
  export const operations: Readonly<
    Record<string, readonly [method: string, path: string, may: string]>
  >
}
