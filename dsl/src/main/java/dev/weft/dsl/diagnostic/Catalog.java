package dev.weft.dsl.diagnostic;

import dev.weft.graph.DefectException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Explains each code, with a program that is wrong in that way and what Weft says of it. */
public final class Catalog {

    private Catalog() {}

    /** The page about a code, as Markdown. */
    public static String explain(Code code) {
        try (InputStream page = Catalog.class.getResourceAsStream("explain/" + code.id() + ".md")) {
            if (page == null) {
                throw new DefectException("catalog: has no page for " + code);
            }
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DefectException("catalog: cannot read the page for " + code, e);
        }
    }

    /** The wrong program on the page about a code. */
    public static String example(Code code) {
        return fenced(explain(code), "weft");
    }

    /** What Weft says of the wrong program. */
    public static String output(Code code) {
        return fenced(explain(code), "text");
    }

    private static String fenced(String page, String language) {
        String open = "```" + language + "\n";
        int start = page.indexOf(open) + open.length();
        return page.substring(start, page.indexOf("```", start));
    }
}
