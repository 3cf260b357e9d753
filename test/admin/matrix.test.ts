import { describe, expect, test } from 'vitest'
import * as api from '../../src/api/index.ts'
import { isPermitted, type Permission, permissions, roles } from '../../src/core/index.ts'
import { startBoth } from '../harness.ts'
import { clientOf, ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

/** Every operation of the API, whoever made it: what is added later is asked too. */
const operations = Object.values(api).filter(
  (one): one is typeof one & api.AnyOperation =>
    typeof one === 'object' && 'path' in one && 'may' in one,
)

const inWorkspace = operations.filter(({ may }) => may in permissions)

function pathOf({ path }: Pick<api.AnyOperation, 'path'>, workspaceId: string): string {
  return path
    .replace(':workspaceId', workspaceId)
    .replace(':email', 'nobody@example.com')
    .replaceAll(/:\w+/g, 'unknown_1')
}

/** Enough to be asked, not enough to do anything. */
function bodyOf({ method, body }: api.AnyOperation): unknown {
  return method === 'GET' || body === undefined ? undefined : { unknownField: true }
}

describe('A10 every operation × every role × own and other workspace', () => {
  test('A10 A11 A1 the permission table holds everywhere, and another workspace is told as none at all', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const own = await newWorkspace(owner, 'Own')
    const other = await newWorkspace(owner, 'Other')
    const clients = await Promise.all(
      roles.map(async (role) => ({ role, client: await join(server, owner, own, role) })),
    )
    const wrong: unknown[] = []
    for (const operation of inWorkspace) {
      const askAs = async ({ role, client }: (typeof clients)[number]) => {
        const may = isPermitted(role, operation.may as Permission)
        const here = await client.ask(operation.method, pathOf(operation, own), bodyOf(operation))
        const isForbidden = here.status === 403 && here.body.code === 'forbidden'
        if (isForbidden === may || here.status === 401 || here.status >= 500) {
          wrong.push([operation.id, role, here.status, here.body])
        }
        const there = await client.ask(
          operation.method,
          pathOf(operation, other),
          bodyOf(operation),
        )
        const nowhere = await client.ask(
          operation.method,
          pathOf(operation, 'wsp_none'),
          bodyOf(operation),
        )
        if (there.status !== 404 || JSON.stringify(there.body) !== JSON.stringify(nowhere.body)) {
          wrong.push([operation.id, role, 'elsewhere', there.status, there.body, nowhere.body])
        }
      }
      await Promise.all(clients.map(askAs))
    }
    expect(wrong).toEqual([])
    expect(inWorkspace.length * roles.length).toBeGreaterThan(60)
  })

  test('A10 without signing in nothing is answered but what is for everybody', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const own = await newWorkspace(owner, 'Own')
    const nobody = clientOf(server.url)
    for (const operation of operations.filter(({ may }) => may !== 'everybody')) {
      const { status, body } = await nobody.ask(
        operation.method,
        pathOf(operation, own),
        bodyOf(operation),
      )
      expect([operation.id, status, body.code]).toEqual([operation.id, 401, 'sign_in'])
    }
  })

  test('A10 A103 a token may what its scopes say, of its own workspace alone', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const own = await newWorkspace(owner, 'Own')
    const other = await newWorkspace(owner, 'Other')
    const made = await owner.ask('POST', `/workspaces/${own}/tokens`, {
      name: 'Reader',
      scopes: ['read'],
      expiresInDays: 1,
    })
    expect(made.status).toBe(201)
    const program = clientOf(server.url, { token: made.body.token })
    for (const operation of operations.filter(({ may }) => may !== 'everybody')) {
      const { status, body } = await program.ask(
        operation.method,
        pathOf(operation, own),
        bodyOf(operation),
      )
      const isAllowed = operation.may === 'read' || operation.may === 'caller'
      expect([operation.id, body.code === 'forbidden']).toEqual([operation.id, !isAllowed])
      expect(status).toBeLessThan(500)
      if (!operation.path.includes(':workspaceId')) continue
      const there = await program.ask(operation.method, pathOf(operation, other), bodyOf(operation))
      expect([operation.id, there.status]).toEqual([operation.id, 404])
    }
  })

  test('every operation of the API is served, and on its OpenAPI page', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { body } = await owner.ask('GET', '/openapi.json')
    const paths: Record<string, Record<string, { operationId: string }>> = body.paths
    const served = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId }) => operationId)
    expect(served.toSorted()).toEqual(operations.map(({ id }) => id).toSorted())
  })
})
