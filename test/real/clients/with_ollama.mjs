import { Ollama } from 'ollama'
import { BASE, MODEL, EMBED, SAY, TOOL, SCHEMA, IMAGE, run, all, cancel, cancels } from './cases.mjs'

const client = new Ollama({ host: BASE })
const few = { temperature: 0, seed: 1, num_predict: 4 }
await run('list', async () => (await client.list()).models.map((m) => m.model))
await run('show', () => client.show({ model: MODEL }))
await run('chat', () => client.chat({ model: MODEL, messages: SAY, options: few }))
await run('chat stream', async () => all(await client.chat({ model: MODEL, messages: SAY, options: few, stream: true })))
await run('generate', () => client.generate({ model: MODEL, prompt: 'One two', options: few }))
await run('generate stream', async () =>
  all(await client.generate({ model: MODEL, prompt: 'One two', options: few, stream: true })))
await run('embed', () => client.embed({ model: EMBED, input: ['abc', 'a queue'] }))
await run('tools', () => client.chat({ model: MODEL, messages: SAY, tools: [TOOL], options: few }))
await run('schema', () => client.chat({ model: MODEL, messages: SAY, format: SCHEMA, options: few }))
await run('image', () => client.chat({ model: MODEL, messages: [{ ...SAY[0], images: [IMAGE] }], options: few }))
await run('missing', () => client.chat({ model: 'no-such-model', messages: SAY }))
await run('missing stream', async () => all(await client.chat({ model: 'no-such-model', messages: SAY, stream: true })))
if (cancels) {
  const stream = await client.generate({ model: MODEL, prompt: 'Tell a story', stream: true,
    options: { ...few, num_predict: 1000 } })
  await cancel(stream, () => stream.abort())
}
