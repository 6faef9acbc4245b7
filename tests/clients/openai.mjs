// OpenAI's own JavaScript SDK against a server: node openai.mjs URL KEY, with the models that the tests serve. It ends with 0
// where all is as it should be, and says what is not.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello?' }];
const greeting = 'Hello there, Grüße an alle!';
const tools = [{
  type: 'function',
  function: {
    name: 'get_weather', strict: true,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
}];

const answer = await client.chat.completions.create({ model: 'talker', messages });
assert.equal(answer.choices[0].message.content, greeting);
assert.equal(answer.choices[0].finish_reason, 'stop');
assert.ok(answer._request_id.startsWith('req_'));

const stream = await client.chat.completions.create({ model: 'talker', messages, stream: true, stream_options: { include_usage: true } });
let text = '', usage = null, chunks = 0;
for await (const chunk of stream) {
  chunks++;
  text += chunk.choices[0]?.delta?.content ?? '';
  usage = chunk.usage ?? usage;
}
assert.equal(text, greeting);
assert.ok(chunks > 4 && usage.completion_tokens > 4);

// The SDK puts a streamed answer together itself.
const gathered = client.chat.completions.stream({ model: 'both', messages, tools });
let pieces = 0;
gathered.on('tool_calls.function.arguments.delta', () => pieces++);
const message = (await gathered.finalChatCompletion()).choices[0].message;
assert.equal(message.content, 'Let me look. ');
assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: 'Paris' });
assert.ok(pieces > 3);

// What it does not know of, it passes on.
const thinking = await client.chat.completions.create({ model: 'thinker', messages, stream: true });
let thought = '', said = '';
for await (const chunk of thinking) {
  thought += chunk.choices[0].delta.reasoning_content ?? '';
  said += chunk.choices[0].delta.content ?? '';
}
assert.equal(thought, 'Seven years, so glad.');
assert.deepEqual(JSON.parse(said), { mood: 'happy', age: 7 });

// It runs the function and sends the result back.
let asked = null;
const runner = client.chat.completions.runTools({
  model: 'caller', messages, tool_choice: { type: 'function', function: { name: 'get_weather' } },
  tools: [{ type: 'function', function: { ...tools[0].function, parse: JSON.parse, function: ({ city }) => { asked = city; return '17 °C'; } } }],
});
await runner.done();
assert.equal(asked, 'Paris');

const mood = await client.chat.completions.parse({
  model: 'talker', messages,
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'mood', strict: true, schema: { type: 'object', properties: { mood: { enum: ['happy', 'sad'] } }, required: ['mood'], additionalProperties: false } },
  },
});
assert.ok(['happy', 'sad'].includes(JSON.parse(mood.choices[0].message.content).mood));

const completion = await client.completions.create({ model: 'plain', prompt: ['The fox', 'The dog'], echo: true });
assert.deepEqual(completion.choices.map(c => c.text), ['The fox jumps over', 'The dog jumps over']);

// Sent and read as base64.
const vectors = await client.embeddings.create({ model: 'org/embedder', input: ['ab', 'c'] });
assert.deepEqual(vectors.data.map(d => d.embedding.map(x => Math.round(x * 1000))), [[707, 707, 0, 0], [0, 0, 1000, 0]]);

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert.ok(names.includes('talker'));
assert.equal((await client.models.retrieve('talker')).owned_by, 'sarsen');

await assert.rejects(client.chat.completions.create({ model: 'nobody', messages }), OpenAI.NotFoundError);
await assert.rejects(client.chat.completions.create({ model: 'talker', messages, temperature: 9 }), e => e instanceof OpenAI.BadRequestError && e.param === 'temperature');
await assert.rejects(new OpenAI({ baseURL, apiKey: 'sarsen_wrong', maxRetries: 0 }).models.list(), OpenAI.AuthenticationError);

// Who leaves a stream is not waited for.
const left = await client.chat.completions.create({ model: 'slow', messages, stream: true });
for await (const chunk of left) {
  if (chunk.choices[0].delta.content) break;
}
console.log('all as it should be');
