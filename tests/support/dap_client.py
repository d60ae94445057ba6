"""The least of a Debug Adapter Protocol client: JSON messages over a program's standard streams."""
import json
import os
import queue
import signal
import subprocess
import threading
import time


class DapError(Exception):
    pass


class DapClient:
    def __init__(self, command, env, timeout=60):
        self.process = subprocess.Popen(
            [command], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.end = time.time() + timeout
        self.messages = queue.Queue()
        self.sequence = 0
        self.seen = []
        self.programs = []  # process ids
        threading.Thread(target=self.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """An adapter that is killed leaves its program running, and one that is asked to end it may not come to it."""
        try:
            self.send("disconnect", {"terminateDebuggee": True})
            self.process.wait(timeout=5)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        for program in self.programs:
            try:
                os.kill(program, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def read(self):
        stream = self.process.stdout
        while True:
            length = None
            while True:
                line = stream.readline()
                if not line:
                    self.messages.put(None)
                    return
                if not line.strip():
                    break
                name, _, value = line.decode().partition(":")
                if name.lower() == "content-length" and value.strip().isdigit():
                    length = int(value)
            body = b"" if length is None else stream.read(length)
            if not body or len(body) < length:  # an adapter that is about to end may write half a message
                self.messages.put(None)
                return
            message = json.loads(body)
            if message.get("event") == "process" and message["body"].get("systemProcessId"):
                self.programs.append(message["body"]["systemProcessId"])
            self.messages.put(message)

    def send(self, command, arguments=None):
        self.sequence += 1
        message = {"seq": self.sequence, "type": "request", "command": command, "arguments": arguments or {}}
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()
        return self.sequence

    def wait(self, wanted, what):
        """The first message, past or to come, for which wanted(message) holds."""
        for message in self.seen:
            if wanted(message):
                self.seen.remove(message)
                return message
        while True:
            try:
                message = self.messages.get(timeout=max(0.01, self.end - time.time()))
            except queue.Empty:
                raise DapError(f"no {what}; there was: {self.summary()}")
            if message is None:
                raise DapError(f"the adapter ended before {what}; there was: {self.summary()}")
            if message["type"] == "request":  # it wants something of the client, a terminal say
                continue
            if wanted(message):
                return message
            self.seen.append(message)

    def summary(self):
        return [message.get("event") or f"{message.get('command')}={message.get('success')}" for message in self.seen]

    def event(self, name):
        return self.wait(lambda m: m["type"] == "event" and m["event"] == name, f"event {name}")

    def answer(self, sequence, what):
        message = self.wait(lambda m: m["type"] == "response" and m["request_seq"] == sequence, f"answer to {what}")
        if not message["success"]:
            raise DapError(f"{what}: {message.get('message')} {message.get('body')}")
        return message.get("body") or {}

    def request(self, command, arguments=None):
        return self.answer(self.send(command, arguments), command)

    def launch_to(self, function, **arguments):
        """Launches, runs to a function, and gives the thread that is there."""
        self.request("initialize", {"adapterID": "lldb-go-tests", "supportsRunInTerminalRequest": False})
        launch = self.send("launch", {"stopOnEntry": False, **arguments})
        self.event("initialized")
        self.request("setFunctionBreakpoints", {"breakpoints": [{"name": function}]})
        self.request("configurationDone")
        self.answer(launch, "launch")
        stopped = self.wait(
            lambda m: m["type"] == "event" and m["event"] == "stopped" and "breakpoint" in m["body"].get("reason", ""),
            f"a stop in {function}",
        )
        return stopped["body"]["threadId"]

    def evaluate(self, expression, thread):
        frame = self.request("stackTrace", {"threadId": thread, "levels": 1})["stackFrames"][0]["id"]
        self.request("scopes", {"frameId": frame})
        answer = self.request("evaluate", {"expression": expression, "frameId": frame, "context": "repl"})
        return answer["result"]
