/** Vocabularies: which strings are tokens, and their ids. */
package io.reprise.text;
