import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Code, Email, Id, Name, Password, RoleName, Scope, strict, Time } from './shapes.ts'

export const Me = strict({
  /** `half`: send the code of the second factor next. */
  state: Type.Union([Type.Literal('full'), Type.Literal('half')]),
  member: Type.Optional(
    strict({
      id: Id,
      email: Type.String(),
      name: Type.String(),
      operator: Type.Boolean(),
      secondFactor: Type.Boolean(),
      recoveryCodesLeft: Type.Integer(),
    }),
  ),
  token: Type.Optional(strict({ id: Id, name: Type.String(), scopes: Type.Array(Scope) })),
  workspaces: Type.Array(strict({ id: Id, name: Type.String(), role: RoleName })),
})

const SessionShape = strict({
  id: Id,
  current: Type.Boolean(),
  address: Type.String(),
  agent: Type.String(),
  createdAt: Time,
  seenAt: Time,
})

const OneTimeCode = Type.String({
  minLength: 6,
  maxLength: 32,
  description: 'Six digits of the authenticator, or a recovery code',
})

const Starting = { code: Code, name: Name, password: Password }

export const createOwner = operation({
  id: 'createOwner',
  method: 'POST',
  path: '/owner',
  may: 'everybody',
  summary: 'Make the first member, with the link that `tillpost serve` prints',
  body: strict({ ...Starting, email: Email }),
  answer: Me,
  status: 201,
})

export const signIn = operation({
  id: 'signIn',
  method: 'POST',
  path: '/session',
  may: 'everybody',
  summary: 'Sign in with email address and password',
  description:
    'Sets a cookie. `half` in the answer: the second factor is still to come, and nothing else works until then.',
  body: strict({ email: Email, password: Password }),
  answer: Me,
})

export const waysToSignIn = operation({
  id: 'waysToSignIn',
  method: 'GET',
  path: '/session/ways',
  may: 'everybody',
  summary: 'How one may sign in, beside email address and password',
  answer: strict({
    oidc: Type.Optional(
      strict({
        name: Type.String({ description: 'Of the identity provider; `/oidc/start` leads there' }),
      }),
    ),
  }),
})

export const enter = operation({
  id: 'enter',
  method: 'POST',
  path: '/session/link',
  may: 'everybody',
  summary: 'Sign in with a link that works once, as the demo prints one',
  body: strict({ code: Code }),
  answer: Me,
})

export const giveSecondFactor = operation({
  id: 'giveSecondFactor',
  method: 'POST',
  path: '/session/second-factor',
  may: 'half',
  summary: 'Finish signing in with the second factor',
  body: strict({ code: OneTimeCode }),
  answer: Me,
})

export const whoAmI = operation({
  id: 'whoAmI',
  method: 'GET',
  path: '/session',
  may: 'caller',
  summary: 'Who is signed in, and into which workspaces',
  answer: Me,
})

export const signOut = operation({
  id: 'signOut',
  method: 'DELETE',
  path: '/session',
  may: 'half',
  summary: 'Sign out',
})

export const listSessions = operation({
  id: 'listSessions',
  method: 'GET',
  path: '/sessions',
  may: 'member',
  summary: 'Where one is signed in',
  answer: strict({ data: Type.Array(SessionShape) }),
})

export const endSession = operation({
  id: 'endSession',
  method: 'DELETE',
  path: '/sessions/:sessionId',
  may: 'member',
  summary: 'Sign out there',
  params: strict({ sessionId: Id }),
})

export const endOtherSessions = operation({
  id: 'endOtherSessions',
  method: 'DELETE',
  path: '/sessions',
  may: 'member',
  summary: 'Sign out everywhere else',
})

export const changeMe = operation({
  id: 'changeMe',
  method: 'PATCH',
  path: '/me',
  may: 'member',
  summary: 'Change one’s name',
  body: strict({ name: Name }),
  answer: Me,
})

export const changePassword = operation({
  id: 'changePassword',
  method: 'POST',
  path: '/me/password',
  may: 'member',
  summary: 'Change one’s password; signs out everywhere else',
  body: strict({ current: Password, password: Password }),
})

export const startSecondFactor = operation({
  id: 'startSecondFactor',
  method: 'POST',
  path: '/me/second-factor',
  may: 'member',
  summary: 'Begin to set up a second factor: a secret for the authenticator',
  body: strict({ password: Password }),
  answer: strict({
    secret: Type.String({ description: 'Base32; shown this once' }),
    url: Type.String({ description: '`otpauth://`, for a QR code' }),
    setup: Type.String({ description: 'Send it back with the first code; good for 15 minutes' }),
  }),
})

export const confirmSecondFactor = operation({
  id: 'confirmSecondFactor',
  method: 'POST',
  path: '/me/second-factor/confirm',
  may: 'member',
  summary: 'Switch the second factor on with its first code; answers the recovery codes',
  body: strict({ setup: Type.String({ minLength: 1, maxLength: 1000 }), code: OneTimeCode }),
  answer: strict({ recoveryCodes: Type.Array(Type.String()) }),
})

export const dropSecondFactor = operation({
  id: 'dropSecondFactor',
  method: 'DELETE',
  path: '/me/second-factor',
  may: 'member',
  summary: 'Switch the second factor off',
  body: strict({ password: Password }),
})

export const resetPassword = operation({
  id: 'resetPassword',
  method: 'POST',
  path: '/reset',
  may: 'everybody',
  summary: 'Set a new password with a reset link; does not replace the second factor',
  body: strict({ code: Code, password: Password }),
})

export const lookAtInvite = operation({
  id: 'lookAtInvite',
  method: 'POST',
  path: '/invite',
  may: 'everybody',
  summary: 'What an invitation is for',
  body: strict({ code: Code }),
  answer: strict({
    workspace: Type.String(),
    email: Type.String(),
    role: RoleName,
    known: Type.Boolean({ description: 'There is a member of this address: sign in, then accept' }),
  }),
})

export const acceptInvite = operation({
  id: 'acceptInvite',
  method: 'POST',
  path: '/invite/accept',
  may: 'everybody',
  summary: 'Join a workspace: as a new member, or signed in as the one who was invited',
  body: strict({
    code: Code,
    name: Type.Optional(Name),
    password: Type.Optional(Password),
  }),
  answer: Me,
})
