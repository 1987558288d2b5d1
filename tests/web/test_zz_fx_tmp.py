import re, time, json
from html import unescape
from families import ask, one, page
OUT="/tmp/fx/"
def test_dump(web):
    from django.db import connection as c
    from django.test.utils import CaptureQueriesContext
    from tangga.web.family.counted import Household
    rows=ask(web,"SELECT DISTINCT d.family_id, f.area FROM decisions d JOIN families f USING(family_id) WHERE reasons LIKE '%%\"of\"%%' ORDER BY 1 LIMIT 60")
    past=ask(web,"SELECT family_id, families.area FROM family_clock JOIN families USING(family_id) WHERE months_protected>60 ORDER BY 1 LIMIT 1")
    case=ask(web,"SELECT m.family_id, f.area FROM moves m JOIN families f USING(family_id) WHERE m.reasons LIKE '%%must_climb%%' ORDER BY 1 LIMIT 2")
    cl={a:web.client("operator_kabkota",a) for a in("1811","1771")}
    seen={}
    orig=Household.tell
    def tell(self,o):
        t=orig(self,o); seen.setdefault((o.rule or 'fact '+o.said[:50], re.sub(r'[A-Z]{3,}[A-Z ]*','NAMA',t.said)),(o.least,o.most,t.said,t.rule)); return t
    Household.tell=tell
    for r in rows+past+case: page(cl[r["area"][:4]],r["family_id"])
    with open(OUT+"said.txt","w") as f:
        for k,v in sorted(seen.items(), key=str): print(k[0],v[:3],file=f)
        for k,v in {k[0]:v[3] for k,v in seen.items()}.items(): print(k,*v,sep="\n    ",file=f)
    Household.tell=orig
    fam=(past or rows)[0]; client=cl[fam["area"][:4]]
    for f,n in ((fam,"past"),(rows[0],"count"),*[(x,"move") for x in case[:1]]):
        for part,nm in (("","page"),("sumber/","sumber"),("lembar/","lembar")):
            open(f"{OUT}{n}-{nm}.html","w").write(page(cl[f["area"][:4]],f["family_id"],part))
    open(OUT+"en.html","w").write(page(cl[rows[0]["area"][:4]],rows[0]["family_id"],"","en"))
    diff=ask(web,"SELECT p.family_id, f.area FROM records r JOIN persons p USING(person_id) JOIN families f ON f.family_id=p.family_id WHERE left(r.name,1)<>left(p.name,1) ORDER BY 1 LIMIT 1")
    if diff: open(OUT+"diff-sumber.html","w").write(page(cl[diff[0]["area"][:4]],diff[0]["family_id"],"sumber/"))
    vill=web.client("pendamping_pkh",rows[0]["area"][:6]); open(OUT+"pkh.html","w").write(page(vill,rows[0]["family_id"]))
    for part in ("","sumber/","lembar/"):
        with CaptureQueriesContext(c) as q: page(client,fam["family_id"],part)
        s=[x["sql"][:90].replace("\n"," ") for x in q.captured_queries]; print(part,len(s),*s,sep="\n   ")
    fams=[(cl[r["area"][:4]],r["family_id"]) for r in rows]
    for _ in range(3):
        t=time.process_time(); 
        for k,f in fams: page(k,f)
        print("ms cpu/page",(time.process_time()-t)/len(fams)*1000)
    orig2=Household.tell; Household.tell=lambda self,o: __import__("tangga.web.family.counted",fromlist=["Told"]).Told(o.said)
    for _ in range(2):
        t=time.process_time()
        for k,f in fams: page(k,f)
        print("without naming",(time.process_time()-t)/len(fams)*1000)
    Household.tell=orig2
