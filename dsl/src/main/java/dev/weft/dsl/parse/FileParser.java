package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Comment;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Parses one file. */
public final class FileParser {
    private static final int COMMENTS = 2;
    private static final int DEEPEST = 200;

    private FileParser() {}

    /**
     * A file, or why it is none.
     *
     * @param file missing where there are diagnostics
     */
    public record Result(@Nullable SourceFile file, List<Diagnostic> diagnostics) {
        public Result {
            diagnostics = List.copyOf(diagnostics);
        }
    }

    public static Result parse(Source source) {
        SyntaxErrors errors = new SyntaxErrors(source);
        // Spans count UTF-16 units, as Java's strings do; ANTLR's own streams count code points.
        var lexer = new WeftLexer(new Utf16Stream(source));
        lexer.removeErrorListeners();
        List<? extends Token> all = lexer.getAllTokens();
        if (tooDeep(source, all, errors)) {
            return new Result(null, errors.found());
        }
        List<Token> tokens = LineTokens.withoutContinuations(all);
        tokens.add(lexer.emitEOF());
        var parser = new WeftParser(new CommonTokenStream(new ListTokenSource(tokens)));
        parser.removeErrorListeners();
        parser.addErrorListener(errors);
        WeftParser.FileContext tree = parser.file();
        if (!errors.found().isEmpty()) {
            return new Result(null, errors.found());
        }
        SourceFile file = new SourceFile(
                source, new DeclarationBuilder(source, errors).declarations(tree), comments(source, all));
        return new Result(errors.found().isEmpty() ? file : null, errors.found());
    }

    private static List<Comment> comments(Source source, List<? extends Token> tokens) {
        List<Comment> comments = new ArrayList<>();
        for (Token token : tokens) {
            if (token.getChannel() == COMMENTS) {
                comments.add(new Comment(new Span(source, token.getStartIndex(), token.getStopIndex() + 1)));
            }
        }
        return comments;
    }

    /** A recursive parser needs stack for each level; nobody writes this many. */
    private static boolean tooDeep(Source source, List<? extends Token> tokens, SyntaxErrors errors) {
        int depth = 0;
        for (Token token : tokens) {
            switch (token.getText()) {
                case "(", "[", "{" -> depth++;
                case ")", "]", "}" -> depth--;
                default -> {}
            }
            if (depth > DEEPEST) {
                errors.report(
                        new Span(source, token.getStartIndex(), token.getStopIndex() + 1),
                        "nesting: at most " + DEEPEST + " brackets may be open at once");
                return true;
            }
        }
        return false;
    }
}
