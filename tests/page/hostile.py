"""Articles that want to break the page, and one that repeats itself."""
import json

MARKUP = '<img src=x onerror="window.broken=1"><svg onload="window.broken=1"><b>bold</b>'
SCRIPT = '</script><script>window.broken=1</script><!--<script> ]]> --> <style>*{display:none}</style>'
ODD = '\u202eright to left\u202c \u2028 \u2029 \u0000 \ufeff \U0001f600 &lt;&amp; ${1+1} {{1}} javascript:window.broken=1'
RUNS = ' '.join(f'word{n} of a long passage number {n * n}' for n in range(40))
IDS = ['</script><script>window.broken=1</script>', '<img src=x onerror=window.broken=1>', '__proto__', 'constructor', 'a/b?c#d%2F%',
       '\u202egpj.exe', '~7', 7, '"', 'x' * 300, '\u05d0\u05d1\u05d2']
REPEATED = ' '.join(f'the committee heard statement {n} from witness {chr(97 + n % 26)}{n}' for n in range(30))


def articles():
    for n, key in enumerate(IDS):
        yield {'id': key, 'title': f'{MARKUP} {SCRIPT} {ODD}', 'source': f'{SCRIPT} {n % 3}', 'published': f'2034-05-08T0{n % 10}:00:00Z',
               'text': f'{MARKUP}\n{SCRIPT}\n{ODD}\n{RUNS}\n{"unbroken" * 400}\n{n}'}
    between = ' '.join(f'filler{n}' for n in range(60))
    yield {'id': 'self', 'title': 'Minutes', 'text': f'Opening.\n{REPEATED}\n{between}\n{REPEATED}\nEnd.'}


def write(path):
    with open(path, 'w', encoding='utf-8') as file:
        for article in articles():
            file.write(json.dumps(article) + '\n')
