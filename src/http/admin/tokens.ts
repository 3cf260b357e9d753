import * as api from '../../api/index.ts'
import type { Token } from '../../core/index.ts'
import { isNetwork } from '../access/caller.ts'
import { digestOf, newToken } from '../access/code.ts'
import { Problem } from '../problem.ts'
import { isoOf, isoOrNone } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'
import { memberIn } from './session.ts'

const hourMs = 3_600_000

export function serveTokens(serve: Serve, parts: AdminParts): void {
  const { access, ids } = parts

  serve(api.listTokens, async ({ params }) => ({
    data: (await access.tokens(params.workspaceId)).map(tokenShape),
  }))

  serve(api.createToken, async (ask) => {
    const { workspaceId } = ask.params
    const { name, scopes, networks = [], expiresInDays } = ask.body
    // A token that makes tokens would outlive whoever found it.
    const { member } = memberIn(ask.caller)
    for (const scope of scopes) {
      if (!ask.may(scope)) {
        throw new Problem(403, 'forbidden', `You do not have the permission ${scope} yourself.`)
      }
    }
    const wrong = networks.find((network) => !isNetwork(network))
    if (wrong !== undefined) {
      throw new Problem(422, 'invalid_network', 'A network looks like 203.0.113.0/24.')
    }
    const text = newToken()
    const token: Token = {
      workspaceId,
      id: ids.newId('tok', ask.now),
      memberId: member.id,
      name: name.trim(),
      digest: digestOf(text),
      scopes,
      networks,
      createdAt: ask.now,
      expiresAt: ask.now + expiresInDays * 24 * hourMs,
    }
    const after = { name: token.name, scopes, networks, expiresAt: isoOf(token.expiresAt) }
    await access.addToken(token, ask.act('token.add', token.id, { after }))
    return { ...tokenShape(token), token: text }
  })

  serve(api.rollToken, async (ask) => {
    const { workspaceId, tokenId } = ask.params
    const { member } = memberIn(ask.caller)
    const found = (await access.tokens(workspaceId)).find(({ id }) => id === tokenId)
    if (found === undefined) throw nothingHere()
    if (found.memberId !== member.id) {
      throw new Problem(403, 'forbidden', 'Whoever made a token rolls it. You can end it instead.')
    }
    const text = newToken()
    const digest = digestOf(text)
    const until = ask.now + ask.body.overlapHours * hourMs
    await access.rollToken(workspaceId, tokenId, digest, until, ask.act('token.roll', tokenId))
    const rolled = { ...found, digest, former: { digest: found.digest, until } }
    return { ...tokenShape(rolled), token: text }
  })

  serve(api.endToken, async (ask) => {
    const { workspaceId, tokenId } = ask.params
    const act = ask.act('token.end', tokenId)
    if (!(await access.endToken(workspaceId, tokenId, act))) throw nothingHere()
  })
}

function tokenShape({ former, ...token }: Token) {
  const { id, name, memberId } = token
  return {
    id,
    name,
    memberId,
    scopes: [...token.scopes],
    networks: [...token.networks],
    createdAt: isoOf(token.createdAt),
    expiresAt: isoOf(token.expiresAt),
    usedAt: isoOrNone(token.usedAt),
    formerUntil: isoOrNone(former?.until),
  }
}
