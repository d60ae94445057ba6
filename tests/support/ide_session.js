// One debugging session as an IDE's client has it, over the debug adapter's protocol.
//
//     node ide_session.js REQUEST.json     prints one JSON object: problems, a list of what was wrong, and lost, a list of
//                                          what LLDB does now and then without us: such a session is to be run again
//
// The request: modules (folder with @vscode/debugadapter-testsupport), adapter (lldb-dap), env, configuration (one of
// ide/vscode/launch.json, its placeholders replaced), kind ("launch", "attach" or "core"), source and line (of the marker),
// said (what the program has printed already).
'use strict';
const fs = require('fs');
const path = require('path');

const wanted = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { DebugClient } = require(path.join(wanted.modules, 'node_modules', '@vscode', 'debugadapter-testsupport'));

const SECONDS = 1000;
const problems = [];
const lost = [];

function check(holds, problem) {
  if (!holds) problems.push(problem);
}

const shown = (value) => String(JSON.stringify(value)).slice(0, 600);

class Session {
  constructor() {
    this.events = [];
    this.printed = wanted.said || '';
    this.said = ''; // by the adapter
    // The client of the package runs an interpreter with the adapter as its argument; env is one for any program.
    this.client = new DebugClient('env', wanted.adapter, wanted.configuration.type, { env: wanted.env });
    this.client.defaultTimeout = 60 * SECONDS;
    for (const name of ['initialized', 'stopped', 'exited', 'terminated']) {
      this.client.on(name, (event) => this.events.push(event));
    }
    this.client.on('output', (event) => {
      if (event.body.category === 'stdout') this.printed += event.body.output;
      else this.said += event.body.output;
    });
  }

  /** The next event of this name or these ("stopped|exited"), in the order of arrival; a stop that nobody asked for is not passed over. */
  async event(name, timeout = this.client.defaultTimeout) {
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      const at = this.events.findIndex((event) => name.split('|').includes(event.event));
      if (at >= 0) return this.events.splice(at, 1)[0];
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no event ${name}; the program printed ${shown(this.printed.slice(-300))}`);
  }

  async body(command, arguments_) {
    const response = await this.client.send(command, arguments_).catch((wrong) => {
      throw new Error(`${command}: ${wrong.message || 'refused'}`);
    });
    return response.body || {};
  }

  /** Runs the launch configuration, as an IDE does, with one breakpoint at the marker. */
  async begin() {
    const { request, ...configuration } = wanted.configuration;
    await this.client.start();
    await this.client.initializeRequest({
      adapterID: configuration.type,
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
      supportsRunInTerminalRequest: false,
    });
    const begun = this.client.send(request, configuration);
    begun.catch(() => {}); // awaited below; what comes between may fail first
    // LLDB 19 answers before it says so, LLDB 22 after the configuration is done.
    await Promise.race([this.event('initialized'), begun.then(() => new Promise(() => {}))]);
    if (wanted.kind === 'launch') {
      const answer = await this.body('setBreakpoints', {
        source: { path: wanted.source },
        breakpoints: [{ line: wanted.line }],
      });
      const [breakpoint] = answer.breakpoints;
      check(breakpoint.verified && breakpoint.line === wanted.line, `the breakpoint: ${shown(breakpoint)}`);
    }
    await this.client.configurationDoneRequest();
    await begun;
  }

  async stack(threadId) {
    return (await this.body('stackTrace', { threadId, startFrame: 0, levels: 40 })).stackFrames;
  }

  async children(variablesReference) {
    return (await this.body('variables', { variablesReference })).variables;
  }

  async locals(frame) {
    const { scopes } = await this.body('scopes', { frameId: frame.id });
    const scope = scopes.find((one) => one.name === 'Locals');
    check(scope, `no scope of local variables: ${shown(scopes)}`);
    return scope ? this.children(scope.variablesReference) : [];
  }

  /** What the console answers to a command. It may repeat the command first. */
  async console(expression, frame) {
    return (await this.body('evaluate', { expression, frameId: frame.id, context: 'repl' })).result;
  }

  /** What the program said its variables are, in front of the last marker: {path: text}. */
  oracle(stop) {
    const values = {};
    let at = null;
    for (const line of this.printed.split(/\r?\n/)) {
      if (line.startsWith('STOP ')) at = line.slice(5);
      const found = /^VALUE (.+?) = (.*)$/.exec(line);
      if (found && at === stop) values[found[1]] = found[2];
    }
    return values;
  }
}

/** "points[0].X" -> points, [0], X: the children's names. LLDB shows the fields of what a pointer leads to as its own. */
function steps(name) {
  return name.replace('.*', '').match(/\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.[]+/g);
}

async function find(session, variables, name) {
  let found = null;
  for (const step of steps(name)) {
    if (found) variables = await session.children(found.variablesReference);
    found = variables.find((one) => one.name === step);
    if (!found) return { missing: `${step} among ${variables.map((one) => one.name).join(', ') || 'nothing'}` };
  }
  return found;
}

// What the program shows of composites().
const VALUES = ['points', 'points[0].X', 'table', 'table["one"]', 'any', 'err', 'err.Why', 'array[2]', 'part[0].Y',
  'point.X', 'node.*.Name', 'ch', 'ch[0]', 'nothing', 'call', 'when', 'pause', 'pair[1]'];
// An adapter puts what LLDB itself makes of a number or pointer in front, whatever the formatter says of that.
const NUMBERED = { table: /^0x[0-9a-f]+ /, ch: /^0x[0-9a-f]+ /, call: /^0x[0-9a-f]+ /, pause: /^\d+ / };
const NAMES = ['points', 'table', 'ch', 'any', 'err', 'call', 'node', 'pair', 'array', 'part', 'point', 'missing', 'nothing',
  'when', 'pause'];

async function values(session, frame) {
  const locals = await session.locals(frame);
  const names = locals.map((one) => one.name);
  for (const name of NAMES) check(names.includes(name), `no variable ${name} among ${names.join(', ')}`);
  const oracle = session.oracle('composites');
  for (const name of VALUES) {
    check(name in oracle, `the program did not say what ${name} is: ${shown(session.printed.slice(-300))}`);
    const { value = '', missing } = await find(session, locals, name);
    check(value.replace(NUMBERED[name] || '', '') === oracle[name], `${name} is ${shown(missing || value)}, not ${oracle[name]}`);
  }
  const types = { points: '[]main.Point', table: 'map[string]int', point: 'main.Point', pause: 'time.Duration', node: '*main.Node' };
  for (const [name, type] of Object.entries(types)) {
    const variable = locals.find((one) => one.name === name) || {};
    check(variable.type === type, `the type of ${name} is ${variable.type}, not ${type}`);
  }
}

async function hover(session, frame) {
  const oracle = session.oracle('composites');
  const ask = async (expression) =>
    (await session.body('evaluate', { expression, frameId: frame.id, context: 'hover' })).result;
  check((await ask('point.X')) === oracle['point.X'], `hover over point.X: ${shown(await ask('point.X'))}`);
  check((await ask('points')) === oracle.points, `hover over points: ${shown(await ask('points'))}`);
}

async function console_(session, frame) {
  const text = await session.console('go-frame', frame);
  for (const part of ['main.composites(', 'pseudo FP', 'return address']) {
    check(text.includes(part), `no ${part} in go-frame: ${shown(text)}`);
  }
  for (const command of ['go-frame --json', '`go-frame --json']) {
    const answer = await session.console(command, frame);
    let document;
    try {
      document = JSON.parse(answer.slice(answer.indexOf('{')));
    } catch (wrong) {
      problems.push(`${command}: ${wrong.message}: ${shown(answer)}`);
      continue;
    }
    const { schema, frame: one = {} } = document;
    const got = [schema, one.function, path.basename(one.file || ''), one.line, one.pc];
    const pc = '0x' + BigInt(frame.instructionPointerReference).toString(16);
    const expected = ['lldb-go/frame/1', 'main.composites', path.basename(wanted.source), wanted.line, pc];
    check(shown(got) === shown(expected), `${command}: ${shown(got)}, not ${shown(expected)}`);
  }
}

async function disassembly(session, frame) {
  const { instructions } = await session.body('disassemble', {
    memoryReference: frame.instructionPointerReference,
    instructionCount: 8,
    resolveSymbols: true,
  });
  check(instructions.length === 8, `${instructions.length} instructions, not 8`);
  const pc = BigInt(frame.instructionPointerReference);
  check(BigInt(instructions[0].address) === pc, `the disassembly begins at ${instructions[0].address}, not at ${pc}`);
  let next = pc;
  for (const { address, instruction, instructionBytes = '' } of instructions) {
    check(BigInt(address) === next, `an instruction at ${address}, not at 0x${next.toString(16)}`);
    next = BigInt(address) + BigInt(instructionBytes.split(' ').filter(Boolean).length);
  }
  check(/call/.test(instructions[0].instruction), `the marker's line begins with ${instructions[0].instruction}, not a call`);
}

/** The configuration has switched the bridge on, for this program. */
async function bridged(session, frame) {
  const answer = await session.console('go-bridge status --json', frame);
  check(answer.includes('"lldb-go/bridge/1"'), `go-bridge: ${shown(answer)}`);
  if (!answer.includes('{')) return;
  const { modules } = JSON.parse(answer.slice(answer.indexOf('{')));
  const ours = modules.filter((one) => one.active && one.path === wanted.configuration.program);
  check(ours.length === 1, `the bridge: ${shown(modules)}`);
}

function checkStack(frames, expected) {
  const names = frames.map((frame) => frame.name);
  const at = frames.findIndex((frame) => frame.name === expected[0]);
  check(at >= 0, `no ${expected[0]} in the stack: ${names.join(', ')}`);
  const got = names.slice(at, at + expected.length);
  check(at < 0 || shown(got) === shown(expected), `the stack is ${names.join(' <- ')}, not ${expected.join(' <- ')}`);
  const frame = frames[Math.max(at, 0)];
  check(frame.source && frame.source.path === wanted.source, `the source is ${shown(frame.source || null)}, not ${wanted.source}`);
  check(frame.line === wanted.line, `the line is ${frame.line}, not ${wanted.line}`);
  return frame;
}

async function launch(session) {
  await session.begin();
  const stopped = await session.event('stopped|terminated');
  check(stopped.event === 'stopped' && stopped.body.reason === 'breakpoint', `not at the breakpoint: ${stopped.event} ${shown(stopped.body)}`);
  const { threadId } = stopped.body;
  const frame = checkStack(await session.stack(threadId), ['main.composites', 'main.main', 'runtime.main', 'runtime.goexit']);
  await bridged(session, frame);
  await values(session, frame);
  await hover(session, frame);
  await console_(session, frame);
  await disassembly(session, frame);
  await session.body('next', { threadId });
  const stepped = await session.event('stopped|terminated');
  if (stepped.event !== 'stopped') {
    lost.push('next ran on to the end of the program'); // the goroutine had gone to a thread that LLDB was not stepping
    return;
  }
  check(stepped.body.reason === 'step', `next ended with ${shown(stepped.body)}`);
  const [after] = await session.stack(stepped.body.threadId);
  check(after.name === 'main.composites' && after.line === wanted.line + 1, `next went to ${after.name}, line ${after.line}`);
  await session.body('continue', { threadId });
  const exited = await session.event('exited|stopped');
  if (exited.event === 'exited' && /lost connection/.test(session.said)) lost.push('LLDB lost the connection to its server');
  else check(exited.event === 'exited' && exited.body.exitCode === 0, `continue ended with ${exited.event} ${shown(exited.body)}`);
  await session.event('terminated');
}

/** While the process is just being resumed, LLDB 19's adapter loses a pause and LLDB 22's refuses it. */
async function pause(session) {
  let stopped = null;
  for (let tries = 0; tries < 10 && !stopped; tries++) {
    await session.body('pause', { threadId: wanted.configuration.pid }).catch(() => null);
    stopped = await session.event('stopped', 2 * SECONDS).catch(() => null);
  }
  if (!stopped) throw new Error('it does not pause');
}

async function attach(session) {
  await session.begin(); // the adapter lets the process go on
  await pause(session);
  const { threads } = await session.body('threads');
  const stacks = [];
  for (const thread of threads) stacks.push(await session.stack(thread.id));
  const waiting = stacks.find((frames) => frames.some((frame) => frame.name === 'main.globals')) || [];
  if (waiting.length === 0) {
    problems.push(`no thread in main.globals: ${shown(stacks.map((frames) => frames.map((frame) => frame.name)))}`);
    return;
  }
  const frame = checkStack(waiting, ['main.globals', 'main.main', 'runtime.main', 'runtime.goexit']);
  await bridged(session, frame);
  await session.body('scopes', { frameId: frame.id }); // the console's frame is the one whose variables were last asked for
  const text = await session.console('go-frame', frame);
  check(text.includes('main.globals'), `go-frame: ${shown(text)}`);
}

async function core(session) {
  await session.begin();
  const { threads } = await session.body('threads');
  let frame = null;
  for (const thread of threads) {
    const frames = await session.stack(thread.id);
    if (frames.some((one) => one.name === 'main.composites')) {
      frame = checkStack(frames, ['main.composites', 'main.main', 'runtime.main', 'runtime.goexit']);
    }
  }
  check(frame, 'no thread in main.composites');
  if (!frame) return;
  await bridged(session, frame);
  await values(session, frame);
}

async function main() {
  const session = new Session();
  try {
    await { launch, attach, core }[wanted.kind](session);
  } catch (wrong) {
    problems.push(wrong.message || wrong.stack);
  }
  if (wanted.kind === 'attach') await session.client.disconnectRequest({ terminateDebuggee: true }).catch(() => {});
  session.client.stopAdapter();
  process.stdout.write(JSON.stringify({ problems, lost }) + '\n', () => process.exit(0));
}

main();
