package dev.weft.graph.text;

import dev.weft.graph.UserException;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of a text form, read one after the other: words, strings, values ({@code %3}) and punctuation. */
public final class Tokens {

    private record Token(String text, boolean isString, int line) {}

    private static final Pattern TOKEN = Pattern.compile(
            "(?<space>[ \\t\\r]+|//[^\\n]*)|(?<newline>\\n)|\"(?<string>(?:[^\"\\\\\\n]|\\\\.)*+)\"|(?<word>%?[A-Za-z0-9_.+-]+|[(){}\\[\\],:=@])");

    private final List<Token> tokens = new ArrayList<>();
    private int next;

    public Tokens(String text) {
        Matcher matcher = TOKEN.matcher(text);
        int line = 1;
        for (int at = 0; at < text.length(); at = matcher.end()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw new UserException("line %d: cannot be read from %s"
                        .formatted(line, text.substring(at, Math.min(text.length(), at + 20))));
            }
            if (matcher.group("newline") != null) {
                line++;
            } else if (matcher.group("string") != null) {
                tokens.add(new Token(unescape(matcher.group("string")), true, line));
            } else if (matcher.group("word") != null) {
                tokens.add(new Token(matcher.group("word"), false, line));
            }
        }
        tokens.add(new Token("", false, line));
    }

    private static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                char escaped = text.charAt(++i);
                out.append(escaped == 'n' ? '\n' : escaped);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** A failure at the token read last. */
    public UserException failure(String sentence, Object... arguments) {
        int line = tokens.get(Math.max(0, next - 1)).line();
        return new UserException("line %d: %s".formatted(line, sentence.formatted(arguments)));
    }

    public boolean atEnd() {
        return next == tokens.size() - 1;
    }

    /** Whether the next token is this word or punctuation; reads nothing. */
    public boolean at(String word) {
        Token token = tokens.get(next);
        return !token.isString() && token.text().equals(word);
    }

    /** Reads the next token if it is this word or punctuation. */
    public boolean skip(String word) {
        boolean there = at(word);
        if (there) {
            next++;
        }
        return there;
    }

    public void expect(String word) {
        if (!skip(word)) {
            Token got = tokens.get(next++);
            throw failure("must be %s here, got %s", word, got.text().isEmpty() ? "the end" : got.text());
        }
    }

    /** The next word or string. */
    public String word() {
        Token token = tokens.get(next);
        if (atEnd()) {
            throw failure("must go on here, got the end");
        }
        next++;
        return token.text();
    }

    /** The next word as a whole number. */
    public long integer() {
        String word = word();
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw (UserException)
                    failure("must be a whole number here, got %s", word).initCause(e);
        }
    }

    public double number() {
        String word = word();
        try {
            return Words.parseNumber(word);
        } catch (NumberFormatException e) {
            throw (UserException) failure("must be a number here, got %s", word).initCause(e);
        }
    }

    /** The number of the next value, {@code 3} of {@code %3}. */
    public int reference() {
        String word = word();
        if (!word.matches("%[0-9]{1,9}")) {
            throw failure("must be a value like %%3 here, got %s", word);
        }
        return Integer.parseInt(word.substring(1));
    }

    /** Whether a value comes next; reads nothing. */
    public boolean atReference() {
        Token token = tokens.get(next);
        return !token.isString() && token.text().startsWith("%");
    }

    /** Items between brackets, separated by commas. */
    public <T> List<T> list(String open, String close, Supplier<T> item) {
        expect(open);
        List<T> items = new ArrayList<>();
        if (!at(close)) {
            do {
                items.add(item.get());
            } while (skip(","));
        }
        expect(close);
        return items;
    }

    public TensorType type() {
        return new TensorType(ElementType.parse(word()), shape());
    }

    public Shape shape() {
        return new Shape(list("[", "]", this::dim));
    }

    private Dim dim() {
        long size = integer();
        if (size < 0) {
            throw failure("a size must not be negative, got %d", size);
        }
        return new Dim(size, skip(":") ? word() : null);
    }
}
