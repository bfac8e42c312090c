package dev.weft.dsl.ast;

/** A piece of a source: the characters from {@code start} up to and without {@code end}. */
public record Span(Source source, int start, int end) {

    public Span {
        if (start < 0 || end < start || end > source.text().length()) {
            throw new IllegalArgumentException("span: " + start + ".." + end + " is not within " + source);
        }
    }

    /** From the start of this span to the end of another one in the same source. */
    public Span to(Span other) {
        return new Span(source, start, Math.max(end, other.end));
    }

    /** The empty span right after this one. */
    public Span after() {
        return new Span(source, end, end);
    }

    public int line() {
        return source.line(start);
    }

    public int column() {
        return source.column(start);
    }

    public String text() {
        return source.text().substring(start, end);
    }

    /** {@code gpt.weft:12:5} */
    @Override
    public String toString() {
        return source.name() + ":" + line() + ":" + column();
    }
}
