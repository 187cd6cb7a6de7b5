import OpenAI from 'openai'
import { BASE, MODEL, EMBED, SAY, TOOL, SCHEMA, IMAGE, run, all, cancel, cancels } from './cases.mjs'

const client = new OpenAI({ baseURL: BASE + '/v1', apiKey: 'sk-test' })
const few = { model: MODEL, temperature: 0, seed: 1, max_tokens: 4 }
const chat = (more) => client.chat.completions.create({ messages: SAY, ...few, ...more })
await run('models', async () => (await client.models.list()).data.map((m) => m.id).sort())
await run('chat', () => chat({}))
await run('chat stream', async () => all(await chat({ stream: true })))
await run('completion', () => client.completions.create({ ...few, prompt: 'One two' }))
await run('embed', () => client.embeddings.create({ model: EMBED, input: ['abc', 'a queue'] }))
await run('tools', () => chat({ tools: [TOOL] }))
await run('schema', () => chat({ response_format: { type: 'json_schema', json_schema: { name: 's', schema: SCHEMA } } }))
await run('image', () => chat({ messages: [{ role: 'user', content: [{ type: 'image_url',
  image_url: { url: 'data:image/png;base64,' + IMAGE } }] }] }))
await run('missing', () => chat({ model: 'no-such-model' }))
await run('responses', () => client.responses.create({ model: MODEL, input: 'Say hi', max_output_tokens: 6 }))
if (cancels) {
  const stream = await chat({ stream: true, max_tokens: 1000 })
  await cancel(stream, () => stream.controller.abort())
}
