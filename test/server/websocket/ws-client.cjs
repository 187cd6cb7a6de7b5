// Talks to the echo server of OtherClientsTest by the npm package ws, from the folder that it is installed in, and
// prints what it hears.
'use strict';

const path = require('path');
const WebSocket = require(path.resolve('node_modules/ws'));

const [scheme, port, token] = process.argv.slice(2);
const url = `${scheme}://localhost:${port}/ws`;

function next(socket, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), 10000);
    socket.once(event, (...values) => {
      clearTimeout(timer);
      resolve(values);
    });
  });
}

async function main() {
  const bearer = 'bearer.' + Buffer.from(token).toString('base64url');
  const socket = new WebSocket(url, ['ollama-queue', bearer]);
  await next(socket, 'open');
  console.log('open', socket.protocol);

  socket.send('Grüße 𝄞');
  console.log('text', String((await next(socket, 'message'))[0]));

  const pong = next(socket, 'pong');
  const whole = next(socket, 'message');
  socket.send('in ', { fin: false });
  socket.ping('payload');
  socket.send('parts', { fin: true });
  console.log('pong', String((await pong)[0]));
  console.log('text', String((await whole)[0]));

  socket.send(Buffer.alloc(300000, 1));
  console.log('binary', (await next(socket, 'message'))[0].length);
  socket.send('x'.repeat(65536));
  console.log('text', (await next(socket, 'message'))[0].length);
  // ws offers permessage-deflate, which the server does not take
  console.log('compressed?', socket.extensions !== '');
  socket.close(1000, 'done');
  console.log('close', (await next(socket, 'close'))[0]);

  const refused = new WebSocket(url);
  const [, answer] = await next(refused, 'unexpected-response');
  console.log('refused', answer.statusCode);

  const wrong = new WebSocket(url, { headers: { Authorization: 'Bearer ' + token } });
  await next(wrong, 'open');
  // an unmasked frame
  wrong._socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69]));
  console.log('protocol error', (await next(wrong, 'close'))[0]);
}

main().then(() => process.exit(0), (error) => {
  console.log(error);
  process.exit(1);
});
