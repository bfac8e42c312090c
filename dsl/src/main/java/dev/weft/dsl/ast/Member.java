package dev.weft.dsl.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the braces of a model, an optimizer or a program hold. */
public sealed interface Member permits Declaration.Constant, Declaration.Function, Member.Storage, Member.Instance {

    Span span();

    /**
     * Stored tensors, one for each name.
     *
     * @param initial their value at the start; a state without one starts as zeros
     */
    record Storage(
            Span span,
            StorageKind kind,
            List<Identifier> names,
            TypeExpr type,
            @Nullable Expr initial) implements Member {
        public Storage {
            names = List.copyOf(names);
        }
    }

    /**
     * {@code names: frozen count * path(arguments)}: parts of this instance, each with storage of its own.
     *
     * @param count how many in a list; without it one, that is no list
     * @param path {@code Linear} or {@code nn.Linear}
     */
    record Instance(
            Span span,
            List<Identifier> names,
            boolean frozen,
            @Nullable Expr count,
            Expr path,
            List<Argument> arguments)
            implements Member {
        public Instance {
            names = List.copyOf(names);
            arguments = List.copyOf(arguments);
        }
    }
}
