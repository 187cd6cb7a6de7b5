// Runs cases and prints one line of JSON for each: what the case returned, or how it failed.
import { once } from 'node:events'

export const [BASE, MODEL, EMBED, cancels] = process.argv.slice(2)
export const SAY = [{ role: 'user', content: 'Say hi to the quéue 👋' }]
export const TOOL = { type: 'function', function: { name: 'add', description: 'adds',
  parameters: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } } }
export const SCHEMA = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
// the smallest PNG
export const IMAGE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export async function run (name, call) {
  try {
    console.log(JSON.stringify({ case: name, gives: await call() }))
  } catch (failure) {
    console.log(JSON.stringify({ case: name, fails: failure.name + ': ' + failure.message }))
  }
}

export async function all (stream) {
  const pieces = []
  for await (const piece of stream) {
    pieces.push(piece)
  }
  return pieces
}

/** Takes one piece, leaves, and tells when. */
export async function cancel (stream, leave) {
  await stream[Symbol.asyncIterator]().next()
  const left = Date.now()
  leave()
  console.log(JSON.stringify({ case: 'cancel', left }))
  await once(process.stdin, 'data')
  process.exit(0)
}
