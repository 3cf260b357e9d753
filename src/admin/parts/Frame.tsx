import { Box, Burger, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLanguage, useWords } from '../language.ts'
import {
  useConnection,
  useConnections,
  useIsElsewhere,
  useMay,
  useMe,
  useWorkspace,
  useWorkspaceId,
} from '../place.ts'
import { addressOfPage, groups, listed, pageAt, type PageEntry } from '../routes.tsx'
import { words } from '../words/parts.ts'
import { ChooseConnection } from './ChooseConnection.tsx'
import { Empty } from './Empty.tsx'
import { FormerNote } from './FormerNote.tsx'
import { HelpMenu } from './HelpMenu.tsx'
import { Icon } from './Icon.tsx'
import { rememberWorkspace } from '../last-workspace.ts'
import { Loading } from './Loading.tsx'
import { NotConnected } from './NotConnected.tsx'
import { NothingHere } from './NothingHere.tsx'
import { PageHead } from './PageHead.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { SessionOver } from './SessionOver.tsx'
import { StatusPill } from './StatusPill.tsx'
import { Unsaved } from './Unsaved.tsx'
import { UserMenu } from './UserMenu.tsx'
import { WorkspaceMenu } from './WorkspaceMenu.tsx'
import { PageZone } from './Zone.tsx'
import look from './frame.module.css'

/** Around every page: where one is, where one can go, how the connection does, and who one is. */
export function Frame() {
  const say = useWords(words)
  const me = useMe()
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const workspace = useWorkspace()
  const workspaceId = useWorkspaceId()
  const page = pageAt(pathname)
  const isOfConnection = page?.isOfConnection === true
  const isElsewhere = useIsElsewhere()
  const connection = useConnection()
  const isUnconnected = useConnections().data !== undefined && connection === undefined
  const language = useLanguage()
  useEffect(close, [pathname, close])
  useEffect(() => {
    if (workspace !== undefined) rememberWorkspace(workspace.id)
  }, [workspace])

  return (
    <>
      <a className={look['skip']} href="#page">
        {say.skip}
      </a>
      <header className={look['header']}>
        <Group gap="sm" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? say.closeNavigation : say.openNavigation}
          />
          {isOfConnection && (
            <Box visibleFrom="md" className={look['choose']}>
              <ChooseConnection />
            </Box>
          )}
          <ConnectionPill isOfConnection={isOfConnection} />
        </Group>
        <Group gap={4} wrap="nowrap">
          <HelpMenu />
          <UserMenu />
        </Group>
      </header>
      <nav className={look['navbar']} aria-label={say.navigation} data-open={opened || undefined}>
        <div className={look['navbarHead']}>
          <WorkspaceMenu />
          <Burger
            opened
            onClick={close}
            hiddenFrom="sm"
            size="sm"
            aria-label={say.closeNavigation}
          />
        </div>
        <div className={look['navbarRest']}>
          {workspace !== undefined && <Navigation workspaceId={workspace.id} pathname={pathname} />}
        </div>
      </nav>
      <SessionOver />
      <main id="page" tabIndex={-1} className={look['main']}>
        {me.data === undefined ? (
          me.error === null ? (
            <Loading />
          ) : (
            <ProblemNote problem={me.error} onRetry={() => void me.refetch()} />
          )
        ) : workspaceId !== undefined && workspace === undefined ? (
          <NothingHere />
        ) : (
          <div className={look['page']}>
            <div className={page?.isNarrow === true ? look['narrow'] : undefined}>
              {isOfConnection && (
                <>
                  <Box hiddenFrom="md" mb="md" className={look['choose']}>
                    <ChooseConnection />
                  </Box>
                  <FormerNote />
                </>
              )}
              <Permitted pathname={pathname}>
                {isOfConnection && isElsewhere ? (
                  <NoConnection workspaceId={workspace?.id ?? ''} />
                ) : isOfConnection && page.isUnconnectedToo !== true && isUnconnected ? (
                  <>
                    <PageHead key={pathname} title={page.label?.[language] ?? ''} />
                    <NotConnected icon={page.icon ?? 'connection'} say={say} />
                  </>
                ) : (
                  <PageZone about={page?.operator ? 'none' : isOfConnection ? 'store' : 'all'}>
                    <Outlet />
                  </PageZone>
                )}
              </Permitted>
            </div>
          </div>
        )}
      </main>
      <Unsaved />
    </>
  )
}

function Navigation({
  workspaceId,
  pathname,
}: {
  readonly workspaceId: string
  readonly pathname: string
}) {
  const language = useLanguage()
  const isVisible = useVisible()
  return (
    <>
      {Object.entries(groups).map(([group, name]) => {
        const inGroup = listed.filter(
          ([, page]) =>
            page.label !== undefined && (page.group ?? 'top') === group && isVisible(page),
        )
        if (inGroup.length === 0) return null
        return (
          <div key={group} className={look['group']}>
            {name !== undefined && (
              <Text className={look['groupName']} component="h2">
                {name[language]}
              </Text>
            )}
            <ul className={look['links']}>
              {inGroup.map(([page, { label, icon }]) => {
                const to = addressOfPage(workspaceId, page)
                const isHere = pathname === to || pathname.startsWith(`${to}/`)
                return (
                  <li key={page}>
                    <Link
                      to={to}
                      className={look['link']}
                      aria-current={isHere ? 'page' : undefined}
                    >
                      <Icon name={icon ?? 'dot'} />
                      {label?.[language]}
                    </Link>
                  </li>
                )
              })}
            </ul>
          </div>
        )
      })}
    </>
  )
}

/** Another's past or people under this address would mislead. */
function NoConnection({ workspaceId }: { readonly workspaceId: string }) {
  const say = useWords(words)
  return (
    <Empty
      isPage
      icon="connection"
      title={say.noConnection}
      action={
        <Button
          component={Link}
          to={addressOfPage(workspaceId, 'integrations')}
          search={{ connection: undefined } as never}
          mt="sm"
        >
          {say.toConnections}
        </Button>
      }
    >
      {say.noConnectionTodo}
    </Empty>
  )
}

/** A page that one's role does not see says so, also to whoever knows its address. */
function Permitted({
  pathname,
  children,
}: {
  readonly pathname: string
  readonly children: React.ReactNode
}) {
  const say = useWords(words)
  const isVisible = useVisible()
  const page = pageAt(pathname)
  if (page === undefined || isVisible(page)) return children
  return (
    <Empty isPage icon="key" title={say.notYours}>
      {say.notYoursTodo}
    </Empty>
  )
}

function useVisible(): (page: PageEntry) => boolean {
  const may = useMay()
  const isOperator = useMe().data?.member?.operator === true
  return ({ permission = 'read', operator }) => may(permission) && (operator !== true || isOperator)
}

/** Of several it says nothing where the page is not about one of them. */
function ConnectionPill({ isOfConnection }: { readonly isOfConnection: boolean }) {
  const say = useWords(words)
  const connection = useConnection()
  const { data } = useConnections()
  if (data === undefined || (data.data.length > 1 && !isOfConnection)) return null
  return connection === undefined ? (
    <StatusPill status="disconnected" word={say.notConnected} />
  ) : (
    <StatusPill status={connection.state} />
  )
}
