package dev.weft.dsl.ast;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a file holds. */
public sealed interface Declaration {

    Span span();

    /** {@code import source as alias}; without an alias it is the source's own name. */
    record Import(Span span, Identifier source, Identifier alias) implements Declaration {}

    /** {@code let name = value}, known while compiling. */
    record Constant(Span span, Identifier name, Expr value) implements Declaration, Member {}

    /**
     * A function, a method or an entry.
     *
     * @param name missing for the method that calling the instance calls
     * @param result missing where it returns nothing, and for an entry or a {@code = …} function that leaves it to its body
     * @param constraints what must hold of its sizes and constants, from {@code where}
     * @param body of {@code = value} the block with that one statement
     */
    record Function(
            Span span,
            boolean entry,
            @Nullable Identifier name,
            List<Parameter> parameters,
            @Nullable TypeExpr result,
            List<Expr> constraints,
            boolean expressionBody,
            Block body)
            implements Declaration, Member {
        public Function {
            parameters = List.copyOf(parameters);
            constraints = List.copyOf(constraints);
        }

        /** For messages: its name, or {@code fn}. */
        public String label() {
            return name == null ? "fn" : name.text();
        }

        /** Where messages point to: its name, or {@code fn}. */
        public Span place() {
            return name == null ? new Span(span.source(), span.start(), span.start() + "fn".length()) : name.span();
        }
    }

    /** A model, an optimizer or a program: constants in, members within. */
    record Definition(
            Span span,
            DefinitionKind kind,
            Identifier name,
            List<ConstantParameter> parameters,
            List<Expr> constraints,
            List<Member> members)
            implements Declaration {
        public Definition {
            parameters = List.copyOf(parameters);
            constraints = List.copyOf(constraints);
            members = List.copyOf(members);
        }

        /** The method with this name, or with null the one that calling an instance calls. */
        public Optional<Function> method(@Nullable String method) {
            for (Member member : members) {
                if (member instanceof Function function
                        && (function.name() == null
                                ? method == null
                                : function.name().text().equals(method))) {
                    return Optional.of(function);
                }
            }
            return Optional.empty();
        }

        public List<Function> entries() {
            return members.stream()
                    .filter(Function.class::isInstance)
                    .map(Function.class::cast)
                    .filter(Function::entry)
                    .toList();
        }
    }
}
