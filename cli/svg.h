/*
 * A chart of curves in the unit square as an SVG file, with axes from 0 to 1 and a legend, in light
 * or dark colours as the viewer prefers.
 */
#ifndef CLI_SVG_H
#define CLI_SVG_H

#include "output.h"

enum { SVG_CURVES = 6 }; /**< how many colours there are */

typedef struct svg {
    output out;
    int curves;
} svg;

/** Opens the file. The names are not escaped, so they must not come from the user.
 * @return 0, or an exit code */
int svg_begin(svg *s, const char *path, const char *title, const char *x_name, const char *y_name);

/** Draws a curve and puts its name into the legend. */
void svg_curve(svg *s, const char *name, const double *x, const double *y, size_t count);

/** Draws a dotted vertical line with a name. */
void svg_mark(svg *s, double x, const char *name);

/** Draws a circle on the last curve. */
void svg_dot(svg *s, double x, double y);

/** Ends the chart and publishes the file. @return 0, or an exit code */
int svg_end(svg *s);

/** Removes the file unless svg_end() was called, and frees everything. */
void svg_discard(svg *s);

#endif
