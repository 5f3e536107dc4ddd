/** Arguments, exit codes and words for people. The only room that prints or exits; what it prints about is done elsewhere. */
package io.reprise.cli;
