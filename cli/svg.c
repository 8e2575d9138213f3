#include "svg.h"

#include <stdio.h>
#include <string.h>

/* The plot, a square, within the picture. */
enum { LEFT = 60, TOP = 50, SIDE = 400, WIDTH = 660, HEIGHT = 510 };

static double place_x(double x)
{
    return LEFT + x * SIDE;
}

static double place_y(double y)
{
    return TOP + (1 - y) * SIDE;
}

static void add_axes(svg *s, const char *x_name, const char *y_name)
{
    for (int i = 0; i <= 10; i++) {
        const double x = place_x(i / 10.0), y = place_y(i / 10.0);
        output_printf(&s->out, "<path class=\"grid\" d=\"M%.1f %dV%dM%d %.1fH%d\"/>\n", x, TOP,
                      TOP + SIDE, LEFT, y, LEFT + SIDE);
        output_printf(&s->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f</text>\n", x,
                      TOP + SIDE + 18, i / 10.0);
        output_printf(&s->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>\n",
                      LEFT - 8, y + 4, i / 10.0);
    }
    output_printf(&s->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                  LEFT + SIDE / 2, TOP + SIDE + 42, x_name);
    output_printf(&s->out,
                  "<text x=\"18\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 18 "
                  "%d)\">%s</text>\n",
                  TOP + SIDE / 2, TOP + SIDE / 2, y_name);
}

int svg_begin(svg *s, const char *path, const char *title, const char *x_name, const char *y_name)
{
    static const char style[] =
        "<style>\n"
        "svg{background:#fff;font:13px "
        "sans-serif}text{fill:#222}.grid{stroke:#ddd}.mark{stroke:#666;"
        "stroke-dasharray:2 4}\n"
        "path,line{fill:none}.c{stroke-width:2}.c0{stroke:#0b62a3}.c1{stroke:#b34700}.c2{stroke:#"
        "1b7a3d}"
        ".c3{stroke:#8a2be2}.c4{stroke:#a3006b}.c5{stroke:#555}\n"
        "@media "
        "(prefers-color-scheme:dark){svg{background:#161616}text{fill:#ddd}.grid{stroke:#333}"
        ".mark{stroke:#999}.c0{stroke:#6db8f2}.c1{stroke:#ff9d5c}.c2{stroke:#67d391}.c3{stroke:#"
        "c89bff}"
        ".c4{stroke:#ff85cb}.c5{stroke:#bbb}}\n</style>\n";
    int rc;
    memset(s, 0, sizeof *s);
    rc = output_open(&s->out, path);
    if (rc != 0)
        return rc;
    output_printf(&s->out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
                  WIDTH, HEIGHT);
    output_printf(&s->out, "<title>%s</title>\n", title);
    (void)output_write(&s->out, style, sizeof style - 1);
    output_printf(&s->out, "<text x=\"%d\" y=\"28\" font-size=\"16\">%s</text>\n", LEFT, title);
    add_axes(s, x_name, y_name);
    return 0;
}

void svg_curve(svg *s, const char *name, const double *x, const double *y, size_t count)
{
    const int colour = s->curves % SVG_CURVES, row = TOP + 14 + s->curves * 20;
    output_printf(&s->out, "<path class=\"c c%d\" d=\"", colour);
    for (size_t i = 0; i < count; i++)
        output_printf(&s->out, "%s%.2f %.2f", i == 0 ? "M" : "L", place_x(x[i]), place_y(y[i]));
    output_printf(&s->out, "\"/>\n<path class=\"c c%d\" d=\"M%d %dh24\"/>", colour,
                  LEFT + SIDE + 16, row - 4);
    output_printf(&s->out, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT + SIDE + 46, row, name);
    s->curves++;
}

void svg_mark(svg *s, double x, const char *name)
{
    output_printf(&s->out, "<path class=\"mark\" d=\"M%.1f %dV%d\"/>\n", place_x(x), TOP,
                  TOP + SIDE);
    output_printf(&s->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                  place_x(x), TOP - 6, name);
}

void svg_dot(svg *s, double x, double y)
{
    output_printf(&s->out,
                  "<circle class=\"c c%d\" cx=\"%.2f\" cy=\"%.2f\" r=\"5\" fill=\"none\"/>\n",
                  (s->curves - 1) % SVG_CURVES, place_x(x), place_y(y));
}

int svg_end(svg *s)
{
    int rc;
    output_printf(&s->out, "</svg>\n");
    rc = output_finish(&s->out);
    return rc != 0 ? rc : output_publish(&s->out);
}

void svg_discard(svg *s)
{
    output_discard(&s->out);
}
