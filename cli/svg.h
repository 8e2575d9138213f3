/*
 * A chart of curves in the unit square as an SVG file: axes from 0 to 1, a legend, light or dark as
 * whoever looks at it prefers.
 */
#ifndef CLI_SVG_H
#define CLI_SVG_H

#include "output.h"

enum { SVG_CURVES = 6 }; /**< colours there are */

typedef struct svg {
    output out;
    int curves;
} svg;

/** Opens the file. The words are of the program, not of the user. @return 0, or an exit code */
int svg_begin(svg *s, const char *path, const char *title, const char *x_name, const char *y_name);

/** A curve, with its name in the legend. */
void svg_curve(svg *s, const char *name, const double *x, const double *y, size_t count);

/** A dotted line from the bottom to the top. */
void svg_mark(svg *s, double x, const char *name);

/** A dot on the last curve. */
void svg_dot(svg *s, double x, double y);

/** The file takes its place. @return 0, or an exit code */
int svg_end(svg *s);

/** Removes it, if svg_end() has not been called. */
void svg_discard(svg *s);

#endif
