import { Paper, Stack, Table, Text, Title } from '@mantine/core'
import { type Outcome, type ReasonCode, reasons } from '../../core/reason.ts'
import { useWords } from '../language.ts'
import { PageHead } from '../parts/PageHead.tsx'
import { Prose } from '../parts/Prose.tsx'
import { useReasons } from '../parts/Reason.tsx'
import { StatusPill } from '../parts/StatusPill.tsx'
import { words } from '../words/help.ts'

const shown = [
  'accepted',
  'confirmed',
  'waiting',
  'sending',
  'retrying',
  'held',
  'retry',
  'dropped',
  'dead',
] as const satisfies readonly Outcome[]

/** Every status and every reason, with what to do: the words are the same everywhere. */
export function Help() {
  const say = useWords(words)
  const told = useReasons()
  const codes = Object.keys(reasons) as ReasonCode[]
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <Stack gap="xl">
        {shown.map((outcome) => {
          const own = codes.filter((code) => reasons[code].outcome === outcome)
          return (
            <section key={outcome} aria-labelledby={`outcome-${outcome}`}>
              <Title order={2} id={`outcome-${outcome}`} mb={4}>
                <StatusPill status={outcome} />
              </Title>
              <Text c="dimmed" mb="xs">
                {say.outcomes[outcome]}
              </Text>
              {own.length > 0 && (
                <Paper withBorder>
                  <Table layout="fixed" verticalSpacing="xs">
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>{say.why}</Table.Th>
                        <Table.Th>{say.todo}</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {own.map((code) => (
                        <Table.Tr key={code} id={code}>
                          <Table.Td>
                            <Prose text={told(code).sentence} />
                          </Table.Td>
                          <Table.Td>
                            <Prose text={told(code).todo ?? ''} />
                          </Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Paper>
              )}
            </section>
          )
        })}
      </Stack>
    </>
  )
}
