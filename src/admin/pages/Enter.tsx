import { useEffect, useRef } from 'react'
import { useAct } from '../ask.ts'
import { useWords } from '../language.ts'
import { goOn, linkCode } from '../parts/entrance.ts'
import { Loading } from '../parts/Loading.tsx'
import { Lone } from '../parts/Lone.tsx'
import { NoWay } from '../parts/NoWay.tsx'
import { words } from '../words/entry.ts'

/** A link that signs in, once: `npm start` prints one, so that the demo needs no password. */
export function Enter() {
  const say = useWords(words)
  const code = linkCode()
  const { mutate, error } = useAct('enter', { onDone: () => goOn('/admin') })
  const isSent = useRef(false)
  useEffect(() => {
    if (code === undefined || isSent.current) return
    isSent.current = true
    mutate({ body: { code } })
  }, [code, mutate])
  const problem = code === undefined ? undefined : error
  return (
    <Lone title={problem === null ? say.enter : say.enterFailed}>
      {problem === null && <Loading rows={2} />}
      <NoWay problem={problem} />
    </Lone>
  )
}
