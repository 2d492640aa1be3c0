/* SPDX-License-Identifier: MIT */
/* a comment
 * that ends here */ int y = atoi (p);
