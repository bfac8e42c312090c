package dev.weft.models.lint;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a program's own file says something: a stored tensor by its path, a position by its line and column. */
final class Places {
    private final Module module;

    Places(Module module) {
        this.module = module;
    }

    /**
     * A stored tensor.
     *
     * @param span the name of its own declaration, or of the part of this file that it belongs to
     * @param frozen whether it belongs to a frozen part
     * @param part whether the name is a part's
     */
    record Place(Span span, boolean frozen, boolean part) {}

    private record Scope(Module module, Declaration.Definition definition) {}

    /** The place of {@code blocks.3.attn.qkv.weight}: as deep as this file goes. */
    Optional<Place> of(String path) {
        @Nullable
        Scope scope = module.file()
                .last(DefinitionKind.MODEL)
                .map(definition -> new Scope(module, definition))
                .orElse(null);
        @Nullable Span span = null;
        boolean frozen = false;
        boolean part = false;
        for (String name : path.split("\\.", -1)) {
            if (scope == null || name.chars().allMatch(Character::isDigit)) {
                continue;
            }
            Scope within = scope;
            scope = null;
            for (Member member : within.definition().members()) {
                @Nullable Span here = null;
                if (member instanceof Member.Storage storage) {
                    here = named(storage.names(), name);
                } else if (member instanceof Member.Instance instance) {
                    here = named(instance.names(), name);
                    if (here != null) {
                        frozen |= instance.frozen();
                        scope = definition(within.module(), instance.path());
                    }
                }
                if (here != null && here.source().equals(module.file().source())) {
                    span = here;
                    part = member instanceof Member.Instance;
                }
            }
        }
        return span == null ? Optional.empty() : Optional.of(new Place(span, frozen, part));
    }

    private static @Nullable Span named(List<Identifier> names, String wanted) {
        return names.stream()
                .filter(name -> name.text().equals(wanted))
                .map(Identifier::span)
                .findFirst()
                .orElse(null);
    }

    /** What {@code Block} or {@code nn.Linear} declares. */
    private static @Nullable Scope definition(Module from, Expr path) {
        return switch (path) {
            case Expr.Name name ->
                from.definition(name.text())
                        .map(found -> new Scope(from, found))
                        .orElse(null);
            case Expr.Field(Span _, Expr.Name target, Identifier name) -> {
                Module imported = from.imports().get(target.text());
                yield imported == null
                        ? null
                        : imported.definition(name.text())
                                .map(found -> new Scope(imported, found))
                                .orElse(null);
            }
            default -> null;
        };
    }

    /** From {@code gpt.weft:22:19} to the end of that line, where it is one of this file. */
    Optional<Span> at(String origin) {
        Source source = module.file().source();
        String[] parts = origin.split(":", -1);
        String prefix = source.name() + ":";
        if (!origin.startsWith(prefix) || parts.length < 2) {
            return Optional.empty();
        }
        int line = Integer.parseInt(parts[parts.length - 2]);
        int column = Integer.parseInt(parts[parts.length - 1]);
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = source.text().indexOf('\n', start) + 1;
        }
        int end = start + source.lineText(line).stripTrailing().length();
        return Optional.of(new Span(source, Math.min(start + column - 1, end), end));
    }
}
