// node scripts/run.mjs <file> [arguments]: runs a file of this project on Node 24.
//
// Plain JavaScript for any Node from 18 on, because this is what npm starts with on a machine that has
// nothing else. It installs the packages when the lockfile has changed since, finds a Node 24 (the one that
// runs this, or the `node` package among the dev dependencies), has it build what browsers load, and hands
// everything over to it.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts) => join(root, ...parts)
const windows = process.platform === 'win32'
const neededMajor = 24

installPackages()
runOn(findNode())

/** Once per lockfile: its digest is kept in `node_modules`, so that a start costs one small read. */
function installPackages() {
  const lockfile = readFileSync(at('package-lock.json'))
  const digest = createHash('sha256').update(lockfile).digest('hex')
  const stamp = at('node_modules', '.installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  if (!isInstalled(JSON.parse(lockfile))) {
    console.error('Installing the packages. This happens once and takes a minute or so.')
    // Not `npm ci`: it refuses a lockfile that was written where the registry lacks another platform's
    // binaries. With --no-save the lockfile's versions hold and the lockfile stays as it is.
    npm('install', '--no-save', '--include=dev', '--loglevel=error')
  }
  writeFileSync(stamp, digest)
}

/** Whether somebody has run npm by hand: npm notes in `node_modules` what is in there. */
function isInstalled(lockfile) {
  const note = at('node_modules', '.package-lock.json')
  if (!existsSync(note)) return false
  const present = JSON.parse(readFileSync(note, 'utf8')).packages
  return Object.entries(lockfile.packages).every(
    ([path, { version, optional, peer }]) =>
      path === '' ||
      (present[path] === undefined
        ? optional === true || peer === true
        : present[path].version === version),
  )
}

/** The path of a Node that is new enough. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= neededMajor) return process.execPath
  const name = windows ? 'node.exe' : 'node'
  // Where npm may run install scripts, the package `node` has put its binary here.
  const installed = at('node_modules', 'node', 'bin', name)
  if (works(installed)) return installed
  // Elsewhere the binary is fetched as a plain package, into a folder of its own: an install in the
  // project's folder would resolve everything anew.
  const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).devDependencies.node
  const platform = `${windows ? 'win' : process.platform}-${process.arch}`
  const binary = `${platform === 'darwin-arm64' ? 'node-bin' : 'node'}-${platform}`
  const folder = at('node_modules', '.node')
  const fetched = join(folder, 'node_modules', binary, 'bin', name)
  if (!works(fetched)) {
    console.error(`Fetching Node ${version}: this machine has ${process.version}.`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const parameters = ['install', '--prefix', folder, '--no-save', '--ignore-scripts']
    runNpm([...parameters, '--loglevel=error', `${binary}@${version}`])
    if (!works(fetched)) {
      stop(
        `Tillpost needs Node ${neededMajor} or newer; this machine has ${process.version}, and there is no ` +
          `ready-made Node for ${process.platform} on ${process.arch} to fetch.\n` +
          `Please install Node ${neededMajor} from https://nodejs.org and run the same command again.`,
      )
    }
  }
  return fetched
}

function runOn(node) {
  buildBrowser(node)
  run(node, process.argv.slice(2))
}

/** What browsers load is made where it is missing or older than its sources. */
function buildBrowser(node) {
  const { status } = spawnSync(node, [at('scripts', 'build-browser.mjs')], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) stop('The scripts for browsers could not be built; the lines above say why.')
}

function works(node) {
  return existsSync(node) && spawnSync(node, ['--version']).status === 0
}

function run(node, [file, ...rest]) {
  if (file === undefined) stop('usage: node scripts/run.mjs <file> [arguments]', 2)
  const path = [dirname(node), at('node_modules', '.bin'), process.env.PATH].join(delimiter)
  // `node:sqlite` still calls itself experimental; that is no news to whoever runs Tillpost.
  const flags = ['--disable-warning=ExperimentalWarning']
  const child = spawn(node, [...flags, resolve(root, file), ...rest], {
    stdio: 'inherit',
    // Compiled code is kept beside the packages: the next start takes half the time.
    env: { NODE_COMPILE_CACHE: at('node_modules', '.cache', 'node'), ...process.env, PATH: path },
  })
  // Ctrl-C reaches the whole process group, the child too: passing it on would make it the second one,
  // which means "at once". Without a terminal, signals come to this process alone.
  const passOn = (signal) => child.kill(signal)
  process.on('SIGINT', process.stdin.isTTY ? () => {} : passOn)
  process.on('SIGTERM', passOn)
  process.on('SIGHUP', passOn)
  // A signal to npm ends npm and the shell between, and never gets here: their end stands for it.
  if (process.env.npm_lifecycle_event !== undefined) {
    const shell = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === shell) return
      clearInterval(watch)
      passOn('SIGTERM')
    }, 500)
    watch.unref()
  }
  child.on('error', (error) => stop(`Node could not be started (${node}): ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function npm(...parameters) {
  const { status, signal } = runNpm(parameters)
  if (signal) process.exit(128 + constants.signals[signal])
  if (status !== 0) {
    stop(
      `npm ${parameters.join(' ')} failed; the lines above say why. Then run the same command again.`,
    )
  }
}

/** Its words go to stderr: stdout belongs to the program that is started in the end. */
function runNpm(parameters) {
  return spawnSync('npm', parameters, { cwd: root, stdio: ['inherit', 2, 2], shell: windows })
}

function stop(message, code = 1) {
  console.error(message)
  process.exit(code)
}
