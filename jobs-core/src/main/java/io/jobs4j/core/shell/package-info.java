/** Programs for POSIX shells, and quoting. Every word that reaches a shell goes through here. */
@NullMarked
package io.jobs4j.core.shell;

import org.jspecify.annotations.NullMarked;
