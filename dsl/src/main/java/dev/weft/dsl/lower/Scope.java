package dev.weft.dsl.lower;

import dev.weft.graph.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names mean within one function: its locals, its call sizes, its instance's members, the file, the built-ins. */
final class Scope {

    private final Unit unit;
    private final @Nullable Instance self;
    private final Map<String, Val> locals = new HashMap<>();
    private final Map<String, Dim> sizes = new HashMap<>();
    private @Nullable List<Dim> rest;

    private Scope(Unit unit, @Nullable Instance self) {
        this.unit = unit;
        this.self = self;
    }

    static Scope of(Unit unit, @Nullable Instance self) {
        return new Scope(unit, self);
    }

    Unit unit() {
        return unit;
    }

    @Nullable
    Instance self() {
        return self;
    }

    void bind(String name, Val value) {
        locals.put(name, value);
    }

    /** The local names in sight, to go back to with {@link #keep}. */
    Set<String> bound() {
        return new HashSet<>(locals.keySet());
    }

    /** Forgets the locals that are not among these. */
    void keep(Set<String> names) {
        locals.keySet().retainAll(names);
    }

    /** Sizes of the call: {@code B}, {@code T}. */
    Map<String, Dim> sizes() {
        return sizes;
    }

    /** The axes that {@code ...} stands for, once they are known. */
    @Nullable
    List<Dim> rest() {
        return rest;
    }

    void rest(List<Dim> dims) {
        this.rest = List.copyOf(dims);
    }

    Optional<Val> find(String name) {
        Val local = locals.get(name);
        if (local != null) {
            return Optional.of(local);
        }
        Dim size = sizes.get(name);
        if (size != null) {
            return Optional.of(new Val.Int(size.size()));
        }
        Optional<Val> member = self == null ? Optional.empty() : self.find(name);
        return member.or(() -> unit.find(name)).or(() -> Builtins.find(name));
    }

    /** Names that could have been meant. */
    List<String> names() {
        List<String> names = new ArrayList<>(locals.keySet());
        names.addAll(sizes.keySet());
        if (self != null) {
            names.addAll(self.names());
        }
        names.addAll(unit.declared().keySet());
        names.addAll(unit.module().imports().keySet());
        names.addAll(Builtins.names());
        return names;
    }
}
