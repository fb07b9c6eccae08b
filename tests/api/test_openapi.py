"""The API's own description is complete."""

import unittest

from tenants import fleet


class Description(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        answer = fleet().client("platform_admin").get("/", {"Accept": "application/openapi+json"})
        assert answer.status == 200, answer.body
        cls.description = answer.json

    def test_title_and_introduction(self):
        self.assertEqual(self.description["info"]["title"], "Vigil")
        self.assertIn("/rpc/ingest", self.description["info"]["description"])
        self.assertEqual(self.description["swagger"], "2.0")

    def test_tokens_are_declared(self):
        self.assertIn("JWT", self.description["securityDefinitions"])

    def test_every_path_has_a_summary_and_a_description(self):
        for path, verbs in self.description["paths"].items():
            for verb, operation in verbs.items():
                if verb == "parameters" or path == "/":
                    continue
                with self.subTest(path=path, verb=verb):
                    self.assertRegex(operation.get("summary", ""), r"^[A-Z].{3,79}$")
                    self.assertNotRegex(operation["summary"], r"\.$")
                    self.assertGreater(len(operation.get("description", "")), 20)

    def test_views_are_read_and_procedures_are_called(self):
        for path, verbs in self.description["paths"].items():
            with self.subTest(path):
                self.assertIn("post" if path.startswith("/rpc/") else "get", verbs)

    def test_every_column_has_a_type(self):
        for name, definition in self.description["definitions"].items():
            for column, details in definition["properties"].items():
                with self.subTest(view=name, column=column):
                    self.assertTrue(details.get("format"))

    def test_no_view_shows_the_tenant(self):
        for name, definition in self.description["definitions"].items():
            self.assertNotIn("tenant_id", definition["properties"], name)
