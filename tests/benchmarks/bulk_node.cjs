// The Node SDK's side of the comparison of bulk writes: takes the commands of worker.py, one JSON array a line.
// Found through NODE_PATH; the arguments are the server's address and the options as JSON.
const readline = require("readline");
const { MilvusClient } = require("@zilliz/milvus2-sdk-node");

const [address, text] = process.argv.slice(2);
const options = JSON.parse(text);
const dim = options.kind === "wide" ? 768 : 8;
const client = new MilvusClient({ address });
const pool = Array.from({ length: 1000 }, () => Array.from({ length: dim }, Math.random));

function row(number) {
  const made = { id: number, vector: pool[number % pool.length] };
  if (options.kind === "small") {
    Object.assign(made, { year: (number % 100) + 1920, views: number * 7, price: number / 3, weight: number / 7 });
    Object.assign(made, { title: `title number ${number % 5000}`, sold: number % 2 === 0 });
  }
  return made;
}

async function write(rows) {
  for (let start = 0; start < rows.length; start += options.batch_rows) {
    const data = rows.slice(start, start + options.batch_rows);
    await client.insert({ collection_name: "books", data });
  }
}

async function main() {
  const rows = Array.from({ length: options.rows }, (_, number) => row(number));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer = {};
    try {
      if (JSON.parse(line)[0] === "prepare") {
        await client.connectPromise;
        await client.insert({ collection_name: "books", data: rows.slice(0, 2) });
      } else {
        const [before, began] = [process.cpuUsage(), process.hrtime.bigint()];
        await write(rows);
        const used = process.cpuUsage(before);
        answer = { cpu: (used.user + used.system) / 1e6, wall: Number(process.hrtime.bigint() - began) / 1e9 };
      }
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  process.exit(0);
}

main();
