import difflib
def test_dbg(fresh_web):
    import test_walls_between_areas as w, psycopg
    side=w._own(fresh_web,"operator_desa"); side.users.update(w._nobodys())
    a=w._all_pages(fresh_web,"operator_desa",side)
    with psycopg.connect(fresh_web.superuser_url, autocommit=True) as con:
        con.execute("SET session_replication_role = replica"); con.execute("DELETE FROM public.audit_events")
    b=w._all_pages(fresh_web,"operator_desa",side)
    for p in a:
        if a[p]!=b[p]:
            print("DIFF",p)
            print("\n".join(list(l for l in difflib.unified_diff(a[p].splitlines(),b[p].splitlines(),lineterm="",n=0))[:8])[:600])
    assert 0
