-- When the connection was disconnected: what tells a former one from the one that took over.
alter table connection add column ended_at bigint;
update connection
   set ended_at = (select max(a.at)
                     from audit a
                    where a.workspace_id = connection.workspace_id
                      and a.action = 'connection.disconnect'
                      and a.target = connection.connection_id)
 where state = 'disconnected';
