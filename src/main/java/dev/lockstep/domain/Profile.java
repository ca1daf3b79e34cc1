package dev.lockstep.domain;

/**
 * What people want to know about an application. Each part may be null.
 *
 * @param owner a person, a team, an address: any text
 * @param url a page with more about it
 */
public record Profile(String title, String description, String owner, String url) {

    public static final Profile EMPTY = new Profile(null, null, null, null);
}
