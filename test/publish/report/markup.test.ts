import assert from "node:assert/strict";
import fc from "fast-check";
import { embeddedJson, html, trusted } from "../../../runtime/publish/report/markup.ts";

describe("markup", () => {
  it("escapes every value of a template", () => {
    const name = `<b title='x' class="y">&`;
    assert.equal(html`<p>${name}</p>`.markup, "<p>&#60;b title=&#39;x&#39; class=&#34;y&#34;&#62;&#38;</p>");
  });

  it("keeps markup, joins lists, and leaves out what is not there", () => {
    const items = ["a", 1].map((item) => html`<li>${item}</li>`);
    assert.equal(
      html`<ul>${items}${null}${undefined}${false}${trusted("<hr>")}</ul>`.markup,
      "<ul><li>a</li><li>1</li><hr></ul>",
    );
  });

  it("leaves backslashes of a value alone", () => {
    assert.equal(html`a\n${"b\\n"}`.markup, "a\nb\\n");
  });

  it("embeds JSON that reads back as it was and cannot end a script", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.constantFrom("</script>", "<!--<script>", "]]>", "\u2028")), (text) => {
        const { markup } = embeddedJson({ [text]: text });
        assert.doesNotMatch(markup, /[<>\u2028\u2029]/);
        assert.deepEqual(JSON.parse(markup), { [text]: text });
      }),
    );
  });
});
