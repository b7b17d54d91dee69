"""The names of HTML elements that pages hold: what else stands in angle brackets is text."""

ELEMENTS = {
    *("a", "abbr", "acronym", "address", "article", "aside", "b", "big", "blockquote", "br", "button", "caption"),
    *("center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "fieldset"),
    *("figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i"),
    *("iframe", "img", "input", "ins", "kbd", "label", "legend", "li", "link", "main", "mark", "meta", "nav", "nobr"),
    *("ol", "p", "picture", "pre", "q", "s", "samp", "script", "section", "select", "small", "source", "span"),
    *("strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead"),
    *("time", "tr", "tt", "u", "ul", "var", "video", "wbr"),
}
