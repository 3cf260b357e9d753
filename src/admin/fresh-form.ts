import { useEffect, useRef } from 'react'

/** What of Mantine's form is needed here. */
interface Form<Values> {
  readonly getValues: () => Values
  readonly isDirty: (name: string) => boolean
  readonly setInitialValues: (values: Values) => void
  readonly resetDirty: (values: Values) => void
  readonly setValues: (values: Values) => void
}

interface Fresh {
  /** To be told when what is in the form is sent, */
  readonly send: () => void
  /** and when that was saved: what was typed since is not. */
  readonly done: () => void
}

/**
 * For a form over settings that others change as well: what was not touched here follows what was saved, and what was
 * touched stays as it is.
 */
export function useFresh<Values extends object>(form: Form<Values>, saved: Values): Fresh {
  const sent = useRef<Values>(saved)
  const text = JSON.stringify(saved)
  useEffect(() => {
    const touched = Object.entries(form.getValues()).filter(([name]) => form.isDirty(name))
    form.setInitialValues(saved)
    form.resetDirty(saved)
    form.setValues({ ...saved, ...Object.fromEntries(touched) })
    // By what it says: it is made anew each time.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [text])
  return {
    send: () => void (sent.current = { ...form.getValues() }),
    done: () => form.resetDirty(sent.current),
  }
}
