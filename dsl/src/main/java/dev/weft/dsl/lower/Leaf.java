package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.ast.TypeExpr;
import org.jspecify.annotations.Nullable;

/**
 * One stored tensor of an instance. Equal only to itself.
 *
 * <p>Its type is either fixed (of a tree {@code like} another) or as written, with sizes that are the owner's constants or, for a
 * cache, sizes of the call.
 */
final class Leaf {

    private final String name;
    private final StorageKind kind;
    private final Span span;
    private final Instance owner;
    private final TypeExpr.Tensor written;
    private final @Nullable Leaf like;
    private final @Nullable Expr initial;
    private final String branch;

    private Leaf(
            String name,
            StorageKind kind,
            Span span,
            Instance owner,
            TypeExpr.Tensor written,
            @Nullable Leaf like,
            String branch,
            @Nullable Expr initial) {
        this.name = name;
        this.kind = kind;
        this.span = span;
        this.owner = owner;
        this.written = written;
        this.like = like;
        this.initial = initial;
        this.branch = branch;
    }

    static Leaf written(
            String name, StorageKind kind, Span span, Instance owner, TypeExpr.Tensor type, @Nullable Expr initial) {
        return new Leaf(name, kind, span, owner, type, null, "", initial);
    }

    static Leaf like(
            String name,
            StorageKind kind,
            Span span,
            Instance owner,
            Leaf model,
            String branch,
            @Nullable Expr initial) {
        return new Leaf(name, kind, span, owner, model.written(), model, branch, initial);
    }

    /** Its path in the tree of instances: its name everywhere. */
    String name() {
        return name;
    }

    StorageKind kind() {
        return kind;
    }

    Span span() {
        return span;
    }

    Instance owner() {
        return owner;
    }

    /** The type as written; that of {@link #like} for one that was declared so. */
    TypeExpr.Tensor written() {
        return written;
    }

    /** The tensor whose type it has, if it was declared so. */
    @Nullable
    Leaf like() {
        return like;
    }

    @Nullable
    Expr initial() {
        return initial;
    }

    /** The path of its model in the tree that it is declared like. */
    String branch() {
        return branch;
    }

    boolean frozen() {
        return owner.frozen();
    }

    @Override
    public String toString() {
        return name;
    }
}
