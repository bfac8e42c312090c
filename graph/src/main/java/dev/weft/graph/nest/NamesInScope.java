package dev.weft.graph.nest;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the text of a kernel calls what it has computed, by scope: what a scope learns is forgotten when it is left. */
public final class NamesInScope {
    private final Deque<Map<Object, String>> scopes = new ArrayDeque<>(List.of(new HashMap<>()));

    /** Opens a scope inside this one. */
    public void enter() {
        scopes.push(new HashMap<>());
    }

    /** Forgets what the innermost scope has learnt. */
    public void leave() {
        scopes.pop();
    }

    /** How many scopes are open. */
    public int depth() {
        return scopes.size();
    }

    /** What {@code key} was given in this scope or one around it, or null. */
    public @Nullable String known(Object key) {
        for (Map<Object, String> scope : scopes) {
            String name = scope.get(key);
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    public void remember(Object key, String name) {
        scopes.element().put(key, name);
    }
}
