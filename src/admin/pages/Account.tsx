import { Stack } from '@mantine/core'
import { useWords } from '../language.ts'
import { PageHead } from '../parts/PageHead.tsx'
import { useMe } from '../place.ts'
import { words } from '../words/account.ts'
import { Name } from './account/Name.tsx'
import { Password } from './account/Password.tsx'
import { SecondFactor } from './account/SecondFactor.tsx'
import { Sessions } from './account/Sessions.tsx'

/** One's own: name, password, second factor, sessions. */
export function Account() {
  const say = useWords(words)
  const member = useMe().data?.member
  return (
    <>
      <PageHead title={say.title} lead={member?.email} />
      {member !== undefined && (
        <Stack maw={720}>
          <Name name={member.name} />
          <Password />
          <SecondFactor isOn={member.secondFactor} codesLeft={member.recoveryCodesLeft} />
          <Sessions />
        </Stack>
      )}
    </>
  )
}
