package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Comment;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Parses one file. */
public final class FileParser {
    private static final int COMMENTS = 2;

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
        Optional<Diagnostic> division = Division.check(source, all);
        if (division.isPresent()) {
            return new Result(null, List.of(division.get()));
        }
        Optional<Diagnostic> bracket = Brackets.check(source, all);
        if (bracket.isPresent()) {
            return new Result(null, List.of(bracket.get()));
        }
        List<Token> tokens = LineTokens.withoutContinuations(all);
        Optional<Diagnostic> nesting = Nesting.check(source, tokens);
        if (nesting.isPresent()) {
            return new Result(null, List.of(nesting.get()));
        }
        tokens.add(lexer.emitEOF());
        errors.reading(tokens);
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
}
