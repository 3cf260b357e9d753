import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small file system of the test's own. */
export interface Volume {
  readonly folder: string
  /** Takes all the room that is left. */
  fill(): void
  free(): void
  close(): void
}

/** Throws `NoVolume` where this user may not mount anything. */
export function makeVolume(folder: string, megabytes = 400): Volume {
  mkdirSync(folder, { recursive: true })
  mount(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  chmodSync(folder, 0o777)
  const filler = join(folder, 'filler')
  return {
    folder,
    fill() {
      const piece = Buffer.alloc(1024 * 1024, 1)
      try {
        for (;;) {
          const { bavail, bsize } = statfsSync(folder)
          const left = Math.min(piece.length, bavail * bsize)
          if (left === 0) return
          writeFileSync(filler, piece.subarray(0, left), { flag: 'a' })
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    free: () => rmSync(filler, { force: true }),
    close: () => unmount(folder),
  }
}

/** There are no rights to mount a file system here, or the kernel has none of that kind. */
export class NoVolume extends Error {
  override readonly name = 'NoVolume'
}

export function mount(args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', [...args], { encoding: 'utf8' })
  if (status !== 0) throw new NoVolume(`mount ${args.join(' ')}: ${stderr?.trim()}`)
}

export function unmount(folder: string): void {
  // Whoever was just killed may have a file open for a moment more.
  if (spawnSync('umount', [folder]).status !== 0) spawnSync('umount', ['-l', folder])
}
