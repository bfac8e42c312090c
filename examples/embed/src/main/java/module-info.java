/** A program that embeds Weft; on the class path nobody reads this. */
module com.example.embed {
    requires dev.weft.models;
}
