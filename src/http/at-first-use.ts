import ajvCompiler from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Check = ReturnType<ReturnType<ReturnType<typeof ajvCompiler>>>

/**
 * Fastify's own compilers, put to work by the first request of an operation instead of all at the start: more than a
 * hundred operations took 0.2 s of it, and most are never asked of a node. What is no valid schema fails then; the
 * tests call every operation.
 */
export const schemasAtFirstUse: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: checkAtFirstUse(), buildSerializer: writeAtFirstUse() },
}

function checkAtFirstUse(): ReturnType<typeof ajvCompiler> {
  const build = ajvCompiler()
  return (schemas, options) => {
    const compile = build(schemas, options)
    return (route) => {
      let made: Check | undefined
      const check = (data: unknown) => {
        made ??= compile(route)
        const result = made(data)
        // What is wrong is read off the function that was asked, as ajv has it.
        check.errors = made.errors
        return result
      }
      check.errors = undefined as Check['errors']
      return check as Check
    }
  }
}

function writeAtFirstUse(): ReturnType<typeof SerializerSelector> {
  const build = SerializerSelector()
  return (schemas, options) => {
    const compile = build(schemas, options)
    return (route) => {
      let made: ReturnType<typeof compile> | undefined
      return (data) => {
        made ??= compile(route)
        return made(data)
      }
    }
  }
}
