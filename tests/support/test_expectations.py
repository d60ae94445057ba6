import json
import unittest

import expectations


def record(output="", error="", ok=True):
    return {"command": "go-x", "output": output, "error": error, "ok": ok}


class Text(unittest.TestCase):
    def test_expect(self):
        self.assertEqual(expectations.expect(record("main.f at 3"), "main.f"), [])
        self.assertNotEqual(expectations.expect(record("main.g at 3"), "main.f"), [])
        self.assertEqual(expectations.expect(record("a\nb 12"), r"/^b \d+$/"), [])
        self.assertNotEqual(expectations.expect(record("a\nb x"), r"/^b \d+$/"), [])

    def test_expect_none_can_fail(self):
        self.assertEqual(expectations.expect_none(record("fine"), "error"), [])
        self.assertNotEqual(expectations.expect_none(record("an error here"), "error"), [])
        self.assertNotEqual(expectations.expect_none(record("a\nerror 5\nb"), r"/error \d/"), [])

    def test_expect_error(self):
        good = record(error="error: go-bt: no process; run the program first", ok=False)
        self.assertEqual(expectations.expect_error(good, "no process"), [])
        self.assertNotEqual(expectations.expect_error(good, "no target"), [])
        self.assertNotEqual(expectations.expect_error(record("no process"), "no process"), [])
        shapeless = record(error="no process", ok=False)
        self.assertNotEqual(expectations.expect_error(shapeless, "no process"), [])

    def test_succeeded(self):
        self.assertEqual(expectations.succeeded(record()), [])
        self.assertNotEqual(expectations.succeeded(record(ok=False)), [])


class Json(unittest.TestCase):
    document = json.dumps({"a": [{"b": 1, "c": "x"}, {"b": 2, "c": None}], "d": True})

    def holds(self, text):
        return expectations.expect_json(record(self.document), text) == []

    def test_operators(self):
        for text in ("a[0].b == 1", "a[1].c == null", 'a[0].c ~ /^x$/', "a[*].b == 2", "a[-1].b >= 2", "d == true", "a[*].b != 3", "a[0].b <= 1"):
            self.assertTrue(self.holds(text), text)
        for text in ("a[0].b == 2", "a[1].c == 0", 'a[0].c ~ /y/', "a[*].b == 3", "a[*].b != 2", "d == 1", "a[0].b >= 2", "a[1].c >= 1"):
            self.assertFalse(self.holds(text), text)

    def test_what_is_not_there(self):
        for text in ("a[5].b == 1", "x == null", "a.b == 1", "d[*] == 1", "a[0].b", "a[0].b == {"):
            self.assertFalse(self.holds(text), text)

    def test_not_json(self):
        self.assertNotEqual(expectations.expect_json(record("text"), "a == 1"), [])


class Snapshots(unittest.TestCase):
    def test_unchanged(self):
        before = {"threads": {"1": [{"rip": 1}, "abc"]}, "stop_id": 3}
        self.assertEqual(expectations.unchanged(before, json.loads(json.dumps(before))), [])
        for after in ({"threads": {"1": [{"rip": 2}, "abc"]}, "stop_id": 3}, {**before, "stop_id": 4}):
            self.assertEqual(len(expectations.unchanged(before, after)), 1)


if __name__ == "__main__":
    unittest.main()
