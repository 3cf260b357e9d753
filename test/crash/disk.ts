import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mount, unmount } from './volume.ts'

/** A disk of the test's own that can lose its power: what nobody synced is gone then. */
export interface Disk {
  readonly folder: string
  /** Everything written so far is on it, as on a machine that has been up for a while. */
  sync(): void
  /** Keeps what is on it at this moment. Whoever writes to it must be frozen. */
  hold(): void
  /** What was held is all there is. Whoever used it must be dead. */
  comeBack(): void
  close(): void
}

/**
 * A file system in a file. What its own page cache holds and nobody synced is not in that file. Throws `NoVolume`
 * where this user may not mount, or there are no loop devices.
 */
export function makeDisk(place: string): Disk {
  const image = join(place, 'disk.img')
  const held = join(place, 'held.img')
  const folder = join(place, 'disk')
  mkdirSync(folder, { recursive: true })
  writeFileSync(image, '')
  truncateSync(image, 2 * 1024 ** 3)
  execFileSync('mkfs.ext4', ['-q', image])
  // Its journal, too, is written when somebody syncs, and not by the clock.
  mount(['-o', 'loop,commit=300', image, folder])
  chmodSync(folder, 0o777)
  return {
    folder,
    sync: () => void execFileSync('sync', ['-f', folder]),
    hold: () => void execFileSync('cp', ['--sparse=always', image, held]),
    comeBack() {
      unmount(folder)
      mount(['-o', 'loop', held, folder])
    },
    close: () => unmount(folder),
  }
}
