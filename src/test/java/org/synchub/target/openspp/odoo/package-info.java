/** Tests of talking to an Odoo server. */
@NullMarked
package org.synchub.target.openspp.odoo;

import org.jspecify.annotations.NullMarked;
