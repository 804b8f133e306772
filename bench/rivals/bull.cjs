// BullMQ on Redis, tuned: queued in bulk, many jobs at once, nothing kept; no database row at all.
// node bull.cjs redis-port sink-port count processes concurrency: prints {"whole": …, "sending": …} a second.
"use strict";

const { fork } = require("node:child_process");
const { Queue, Worker } = require("bullmq");
const { Agent, request } = require("undici");

const [redisPort, sinkPort, count, processes, concurrency] = process.argv.slice(2).map(Number);
const connection = { host: "127.0.0.1", port: redisPort, maxRetriesPerRequest: null };
const NAME = "texts";

function words({ name, number, total }) {
  return `【Bench】${name}，您的订单${number}已收到付款${total}，我们正在为您备货，有进展会马上通知您。感谢您的惠顾！`;
}

function urlOf(job) {
  const query = new URLSearchParams({
    username: "bench",
    password: "bench",
    to: job.data.phone,
    text: words(job.data),
    charset: "UTF-8",
    coding: "2",
    "dlr-mask": "31",
    "dlr-url": `http://127.0.0.1:8000/hooks/kannel/${"x".repeat(43)}/?ref=${job.id.padStart(32, "0")}&type=%d&fid=%F`,
  });
  return `http://127.0.0.1:${sinkPort}/cgi-bin/sendsms?${query}`;
}

function work() {
  const dispatcher = new Agent({ connections: concurrency });
  let done = 0;
  let first = 0;
  let last = 0;
  const send = async (job) => {
    const answer = await request(urlOf(job), { dispatcher });
    await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`status ${answer.statusCode}`);
    last = Date.now();
    first ||= last;
    done += 1;
  };
  new Worker(NAME, send, {
    connection,
    concurrency,
    removeOnComplete: { count: 0 },
  });
  setInterval(() => process.send({ done, first, last }), 100);
}

async function main() {
  const queue = new Queue(NAME, { connection });
  await queue.obliterate({ force: true });
  const began = Date.now();
  for (let start = 0; start < count; start += 1000) {
    const jobs = [];
    for (let number = start; number < Math.min(start + 1000, count); number += 1) {
      const phone = `+86138${String(number).padStart(8, "0")}`;
      jobs.push({ name: "send", data: { phone, name: "林小雨", number: `n${number}`, total: "¥268.00" } });
    }
    await queue.addBulk(jobs);
  }
  const enqueueing = (Date.now() - began) / 1000;
  const told = new Map();
  for (let number = 0; number < processes; number += 1) {
    const child = fork(__filename, process.argv.slice(2), { env: { ...process.env, BULL_WORKER: "1" } });
    child.on("message", (message) => {
      told.set(child.pid, message);
      const all = [...told.values()].filter((one) => one.done);
      if (all.reduce((sum, one) => sum + one.done, 0) < count) return;
      const sending = (Math.max(...all.map((one) => one.last)) - Math.min(...all.map((one) => one.first))) / 1000;
      console.log(JSON.stringify({ whole: count / (enqueueing + sending), sending: count / sending }));
      process.exit();
    });
    child.on("exit", () => process.exit(1));
    process.on("exit", () => child.kill("SIGKILL"));
  }
}

if (process.env.BULL_WORKER) work();
else main();
