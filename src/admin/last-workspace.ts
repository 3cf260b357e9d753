const place = 'tillpost-workspace'

export function lastWorkspace(): string | undefined {
  try {
    return localStorage.getItem(place) ?? undefined
  } catch {
    return undefined
  }
}

export function rememberWorkspace(id: string): void {
  try {
    localStorage.setItem(place, id)
  } catch {
    // A browser that keeps nothing: the first one it is, the next time.
  }
}
