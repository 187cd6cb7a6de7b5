import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { BASE, MODEL, EMBED, SAY, run, all } from './cases.mjs'

const client = new Ollama({ host: BASE })
await run('ollama whole', () => client.chat({ model: MODEL, messages: SAY }))
await run('ollama stream', async () => all(await client.chat({ model: MODEL, messages: SAY, stream: true })))
await run('ollama embed', () => client.embed({ model: EMBED, input: 'abc' }))
const sdk = new OpenAI({ baseURL: BASE + '/v1', apiKey: 'sk-test', maxRetries: 0 })
await run('openai whole', () => sdk.chat.completions.create({ model: MODEL, messages: SAY }))
await run('openai stream', async () => all(await sdk.chat.completions.create({ model: MODEL, messages: SAY, stream: true })))
await run('openai responses', async () =>
  (await all(await sdk.responses.create({ model: MODEL, input: 'x', stream: true }))).map((event) => event.type))
