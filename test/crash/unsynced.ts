// Loaded into a server by `node --import`: its SQLite then syncs nothing. The power cut must notice that.
import { DatabaseSync } from 'node:sqlite'

const exec: (this: DatabaseSync, text: string) => void = Reflect.get(DatabaseSync.prototype, 'exec')

DatabaseSync.prototype.exec = function unsynced(text: string) {
  exec.call(this, text.replace('synchronous = full', 'synchronous = off'))
}
