package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Source;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.misc.Interval;

/** A source as characters; positions are those of Java's strings, where ANTLR's own streams count code points. */
final class Utf16Stream implements CharStream {
    private final Source source;
    private final String text;
    private int position;

    Utf16Stream(Source source) {
        this.source = source;
        this.text = source.text();
    }

    @Override
    public void consume() {
        if (position >= text.length()) {
            throw new IllegalStateException("cannot consume the end of " + source);
        }
        position++;
    }

    @Override
    public int LA(int i) {
        int at = i < 0 ? position + i : position + i - 1;
        return i == 0 ? 0 : at < 0 || at >= text.length() ? IntStream.EOF : text.charAt(at);
    }

    @Override
    public String getText(Interval interval) {
        int from = Math.min(interval.a, text.length());
        return text.substring(from, Math.max(from, Math.min(interval.b + 1, text.length())));
    }

    @Override
    public int mark() {
        return -1;
    }

    @Override
    public void release(int marker) {}

    @Override
    public int index() {
        return position;
    }

    @Override
    public void seek(int index) {
        position = Math.min(index, text.length());
    }

    @Override
    public int size() {
        return text.length();
    }

    @Override
    public String getSourceName() {
        return source.name();
    }
}
