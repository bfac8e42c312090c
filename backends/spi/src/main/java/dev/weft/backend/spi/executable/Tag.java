package dev.weft.backend.spi.executable;

/** What follows in the bytes; written as its number. */
enum Tag {
    NULL,
    /** Something that was there before, by its number. */
    AGAIN,
    RECORD,
    ENUM,
    LIST,
    SET,
    MAP,
    EMPTY,
    PRESENT,
    TEXT,
    LONG,
    INTEGER,
    BOOLEAN,
    DOUBLE,
    BYTES,
    LONGS,
    /** A value of which the type is known. */
    VALUE,
    /** A value that is a product of two matrices of known types. */
    PRODUCT
}
